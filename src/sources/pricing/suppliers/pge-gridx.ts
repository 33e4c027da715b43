import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import { instant } from "../../asking/instant.ts";
import type { ReadNeeds } from "../../source.ts";
import { dayAhead } from "../market.ts";
import { HOUR, MINUTE, type PriceSlot, rounded } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";

/** Decimals as texts. California's market ends at 2 USD; what is added to it is less than as much again. */
const price = v.pipe(
  v.string(),
  v.regex(/^-?\d+(\.\d+)?$/, "no decimal number"),
  v.transform(Number),
  v.minValue(-5),
  v.maxValue(10),
);
const Curve = v.object({
  priceHeader: v.object({
    priceCurveName: v.string(),
    intervalLengthInMinutes: v.pipe(v.number(), v.minValue(5), v.maxValue(60)),
    settlementCurrency: v.literal("USD"),
    settlementUnit: v.literal("kWh"),
  }),
  priceDetails: v.array(
    v.object({
      startIntervalTimeStamp: instant,
      intervalPrice: v.nullable(price),
      priceStatus: v.nullish(v.string()),
    }),
  ),
});
const Answer = v.object({ data: v.nullish(v.array(Curve), []) });
type Curve = v.InferOutput<typeof Curve>;

const CALIFORNIAN_DAYS = createCalendar("America/Los_Angeles");

const settings = v.strictObject({
  rate: v.pipe(
    v.string(),
    v.regex(/^[A-Z0-9-]{2,20}$/, "is no rate such as EV2A, in capitals"),
    v.title("Rate"),
    v.description("The rate plan as PG&E names it, such as EV2A or EELEC"),
  ),
  circuit: v.pipe(
    v.string(),
    v.regex(/^\d{9}$/, "is not nine digits"),
    v.title("Representative circuit"),
    v.description("Nine digits, which PG&E's page of hourly prices shows for an address"),
  ),
  cca: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Z0-9]{2,8}$/, "is no code such as PCE, in capitals"),
      v.title("Community choice aggregator"),
      v.description("Its code, such as PCE or MCE, where another than PG&E sells the energy"),
    ),
  ),
  feed_in: tariffEntries.feed_in,
});
type Settings = v.InferOutput<typeof settings>;

/** PG&E's hourly prices of each circuit, as GridX publishes them for it. */
export const pgeGridX = dayAhead<Settings>({
  id: "pge_gridx",
  name: "PG&E hourly flex pricing",
  homepage: "https://www.pge.com/en/account/rate-plans/hourly-flex-pricing.html",
  attribution: "Prices from PG&E by GridX",
  terms: "Nothing about these answers is promised; they are for personal use.",
  settings,
  tariff: ({ feed_in: feedIn }) => ({ feed_in: feedIn }),
  limits: [],
  // By six in the evening.
  publication: () => ({ calendar: CALIFORNIAN_DAYS, from: 16 * 60, until: 20 * 60 }),
  unfit: (_, { country }) =>
    country === null || country === "US"
      ? undefined
      : { why: "PG&E serves northern and central California alone", fix: "Choose another provider." },
  fetch: async (needs, window) => {
    const curves: Curve[] = [];
    for (const date of datesOf(window)) curves.push(...(await askDay(needs, date)));
    const names = [...new Set(curves.map(({ priceHeader }) => priceHeader.priceCurveName))];
    if (names.length > 1)
      throw new Failure("changed_shape", `GridX answered with several prices of one time: ${names.join(", ")}`);
    const preliminary = curves.some(({ priceDetails }) =>
      priceDetails.some(({ priceStatus }) => typeof priceStatus === "string" && priceStatus !== "Final"),
    );
    return { currency: "USD", retail: curves.flatMap(slotsOf), preliminary };
  },
});

const slotsOf = ({ priceHeader, priceDetails }: Curve): PriceSlot[] =>
  priceDetails.flatMap(({ startIntervalTimeStamp: from, intervalPrice: value }) =>
    value === null ? [] : [{ from, to: from + priceHeader.intervalLengthInMinutes * MINUTE, value: rounded(value) }],
  );

async function askDay({ ask, settings: given }: ReadNeeds<Settings>, date: string): Promise<readonly Curve[]> {
  const query = new URLSearchParams({
    ...{ utility: "PGE", market: "DAM", program: "CalFUSE" },
    ...{ startdate: date, enddate: date, ratename: given.rate, representativeCircuitId: given.circuit },
    ...(given.cca === undefined ? {} : { cca: given.cca }),
  });
  const { data } = await ask({
    url: `https://pge-pe-api.gridx.com/v1/getPricing?${query}`,
    schema: Answer,
    // Of a day that is not out yet.
    onStatus: (status) => (status === 404 ? { data: [] } : undefined),
  });
  return data ?? [];
}

/** `20261126`; each Californian day holds UTC's evening of its date. */
function datesOf({ from, to }: Window): string[] {
  const dates: string[] = [];
  for (let noon = from + 12 * HOUR; noon < to; noon += 24 * HOUR)
    dates.push(microsToRfc3339(noon).slice(0, 10).replaceAll("-", ""));
  return dates;
}
