import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import { instant } from "../../asking/instant.ts";
import type { Ask } from "../../source.ts";
import { dayAhead } from "../market.ts";
import type { Publication } from "../publication.ts";
import { type PriceSlot, rounded } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";

/** Pence. */
const pence = v.pipe(v.number(), v.minValue(-200), v.maxValue(500));
const Answer = v.object({
  next: v.optional(v.nullable(v.string())),
  results: v.array(
    v.object({
      value_inc_vat: pence,
      valid_from: instant,
      // null: until it is changed.
      valid_to: v.nullable(instant),
      payment_method: v.optional(v.nullable(v.string())),
    }),
  ),
});

const HOST = "https://api.octopus.energy";
const MOST_PAGES = 10;
/**
 * A day of Agile is a day by the clocks of the continent: from 23:00 to 23:00 in Britain, where its prices come at about
 * four in the afternoon.
 */
const AGILE: Publication = { calendar: createCalendar("Europe/Paris"), from: 17 * 60, until: 21 * 60 };

const code = (title: string, description: string) =>
  v.pipe(
    v.string(),
    v.regex(/^[A-Z0-9-]{3,40}$/, "a code such as AGILE-24-10-01"),
    v.title(title),
    v.description(description),
  );

export const octopus = dayAhead({
  id: "octopus",
  name: "Octopus Energy",
  homepage: "https://octopus.energy",
  attribution: "Prices from Octopus Energy",
  settings: v.strictObject({
    product: code("Product", "The product's code, such as AGILE-24-10-01; it stands on your bill"),
    region: v.pipe(
      v.picklist("ABCDEFGHJKLMNP".split("")),
      v.title("Region"),
      v.description("The letter at the end of the tariff's code, such as C for London"),
    ),
    export_product: v.optional(
      code("Export product", "Of what you feed in, such as AGILE-OUTGOING-19-05-13; empty: you feed nothing in"),
    ),
    feed_in: tariffEntries.feed_in,
  }),
  tariff: (settings) => settings,
  limits: [],
  publication: () => AGILE,
  fetch: async ({ ask, settings: { product, region, export_product: outgoing } }, window) => {
    const retail = await ratesOf(ask, product, region, window);
    const feedIn = outgoing === undefined ? undefined : await ratesOf(ask, outgoing, region, window);
    return { currency: "GBP", retail, ...(feedIn ? { feedIn } : {}) };
  },
});

/** Newest first, in pages. */
async function ratesOf(ask: Ask, product: string, region: string, { from, to }: Window): Promise<PriceSlot[]> {
  const query = new URLSearchParams({
    period_from: microsToRfc3339(from).replace(".000000", ""),
    period_to: microsToRfc3339(to).replace(".000000", ""),
    page_size: "1500",
  });
  const path = `/v1/products/${product}/electricity-tariffs/E-1R-${product}-${region}/standard-unit-rates/`;
  let url: string | null = `${HOST}${path}?${query}`;
  const slots: PriceSlot[] = [];
  for (let page = 0; url !== null; page++) {
    if (page === MOST_PAGES) throw new Failure("answer_too_large", `${HOST}${path} has more than ${MOST_PAGES} pages`);
    const answer: v.InferOutput<typeof Answer> = await ask({ url, schema: Answer });
    for (const rate of answer.results) {
      // Of a price that differs by the way of paying, this is the one of most homes.
      if (rate.payment_method === "NON_DIRECT_DEBIT") continue;
      slots.push({
        from: Math.max(rate.valid_from, from),
        to: Math.min(rate.valid_to ?? to, to),
        value: rounded(rate.value_inc_vat / 100),
      });
    }
    url = answer.next ?? null;
    if (url !== null && !url.startsWith(`${HOST}/`))
      throw new Failure("changed_shape", "api.octopus.energy names a next page that lies elsewhere");
  }
  return slots.filter((slot) => slot.from < slot.to);
}
