import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { type Micros, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import { instant } from "../../asking/instant.ts";
import type { ReadNeeds } from "../../source.ts";
import { dayAhead } from "../market.ts";
import { fromPerMwh, HOUR, type PriceSlot } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";
import { EUROPEAN } from "./market-entries.ts";

const AREAS = "EE LT LV AT BE FR GER NL PL DK1 DK2 FI NO1 NO2 NO3 NO4 NO5 SE1 SE2 SE3 SE4".split(" ");
const CURRENCIES = ["EUR", "DKK", "NOK", "PLN", "SEK"] as const;
/** Wide enough for each of the currencies. */
const perMwh = v.pipe(v.number(), v.minValue(-8000), v.maxValue(65_000));

const head = {
  updatedAt: v.optional(instant),
  currency: v.string(),
  areaStates: v.optional(v.array(v.object({ state: v.string(), areas: v.array(v.string()) })), []),
};
const Entries = v.array(
  v.object({ deliveryStart: instant, deliveryEnd: instant, entryPerArea: v.record(v.string(), v.nullable(perMwh)) }),
);
const Prices = v.object({ ...head, multiAreaEntries: Entries });
const Indices = v.object({ ...head, multiIndexEntries: Entries });
type Day = Omit<v.InferOutput<typeof Prices>, "multiAreaEntries"> & { readonly entries: v.InferOutput<typeof Entries> };
const NOT_YET = { currency: "", areaStates: [], multiAreaEntries: [], multiIndexEntries: [] };
const RESOLUTIONS = ["market", "15", "30", "60"] as const;

export const nordPool = dayAhead({
  id: "nord_pool",
  name: "Nord Pool",
  homepage: "https://data.nordpoolgroup.com",
  attribution: "Prices from Nord Pool",
  terms: "Nord Pool's data portal is for personal use, and nothing about it is promised.",
  settings: v.strictObject({
    area: v.pipe(v.picklist(AREAS), v.title("Delivery area"), v.description("GER is Germany and Luxembourg")),
    currency: v.optional(
      v.pipe(v.picklist(CURRENCIES), v.title("Currency"), v.description("In which the prices are told")),
      "EUR",
    ),
    resolution: v.optional(
      v.pipe(
        v.picklist(RESOLUTIONS),
        v.title("Minutes of a price"),
        v.description("As the contract bills: 60 where the mean of each hour is paid; market: as the market sells"),
      ),
      "market",
    ),
    ...tariffEntries,
  }),
  tariff: (settings) => settings,
  limits: [{ calls: 300, perMs: 24 * 3_600_000 }],
  publication: () => EUROPEAN,
  fetch: async (needs, window) => {
    const { area, currency } = needs.settings;
    const market: PriceSlot[] = [];
    let preliminary = false;
    let issued: Micros | undefined;
    for (const day of daysOf(window)) {
      const answer = await askDay(needs, day);
      if (answer.entries.length > 0 && answer.currency !== currency)
        throw new Failure(
          "changed_shape",
          `dataportal-api.nordpoolgroup.com answered in ${answer.currency}, not ${currency}`,
        );
      for (const { deliveryStart: from, deliveryEnd: to, entryPerArea } of answer.entries) {
        const value = entryPerArea[area];
        if (value !== undefined && value !== null) market.push({ from, to, value: fromPerMwh(value) });
      }
      preliminary ||= answer.areaStates.some(({ state, areas }) => state === "Preliminary" && areas.includes(area));
      if (answer.updatedAt !== undefined) issued = Math.max(issued ?? 0, answer.updatedAt);
    }
    return { currency, market, preliminary, ...(issued === undefined ? {} : { issued }) };
  },
});

type Asked = {
  readonly area: string;
  readonly currency: string;
  readonly resolution: (typeof RESOLUTIONS)[number];
};

/** What the market sold, or its indices, which are means over the same times in steps of another length. */
async function askDay({ ask, settings }: ReadNeeds<Asked>, date: string): Promise<Day> {
  const { area, currency, resolution } = settings;
  const address = (what: string, query: Readonly<Record<string, string>>): string =>
    `https://dataportal-api.nordpoolgroup.com/api/${what}?${new URLSearchParams({ date, market: "DayAhead", ...query, currency })}`;
  const onStatus = (status: number) => (status === 204 ? NOT_YET : undefined);
  if (resolution === "market") {
    const url = address("DayAheadPrices", { deliveryArea: area });
    const { multiAreaEntries: entries, ...rest } = await ask({ url, schema: Prices, onStatus });
    return { ...rest, entries };
  }
  const url = address("DayAheadPriceIndices", { indexNames: area, resolutionInMinutes: resolution });
  const { multiIndexEntries: entries, ...rest } = await ask({ url, schema: Indices, onStatus });
  return { ...rest, entries };
}

/** Days by the market's clocks, which are ahead of UTC: a day holds UTC's noon of its date. */
function daysOf({ from, to }: Window): string[] {
  const days: string[] = [];
  for (let noon = from + 12 * HOUR; noon < to; noon += 24 * HOUR) days.push(microsToRfc3339(noon).slice(0, 10));
  return days;
}
