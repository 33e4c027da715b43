import * as v from "valibot";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { type Micros, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import { instant } from "../../asking/instant.ts";
import { dayAhead } from "../market.ts";
import { HOUR, type PriceSlot, rounded } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";

/** Decimals as texts. */
const price = v.pipe(
  v.string(),
  v.regex(/^-?\d+(\.\d+)?$/, "no decimal number"),
  v.transform(Number),
  v.minValue(-5),
  v.maxValue(20),
);
const List = v.optional(
  v.nullable(v.array(v.object({ start: instant, end: instant, price: v.object({ value: price }) }))),
  [],
);
const Answer = v.object({ base: List, all_in_with_vat: List });

const DUTCH_DAYS = createCalendar("Europe/Amsterdam");

export const energyZero = dayAhead({
  id: "energyzero",
  name: "EnergyZero",
  homepage: "https://www.energyzero.nl",
  attribution: "Prices from EnergyZero",
  settings: v.strictObject({
    all_in: v.optional(
      v.pipe(
        v.boolean(),
        v.title("Billed by EnergyZero"),
        v.description("Takes EnergyZero's own price, with its fee, energy tax and VAT, for what the home pays"),
      ),
      false,
    ),
    ...tariffEntries,
  }),
  worksUnset: true,
  tariff: (settings) => settings,
  limits: [],
  publication: () => ({ calendar: DUTCH_DAYS, from: 13 * 60, until: 20 * 60 }),
  unfit: (_, { country }) =>
    country === null || country === "NL"
      ? undefined
      : { why: "EnergyZero knows prices of the Netherlands alone", fix: "Choose another provider." },
  fetch: async ({ ask, settings }, window) => {
    const market: PriceSlot[] = [];
    const retail: PriceSlot[] = [];
    for (const date of datesOf(window)) {
      const query = new URLSearchParams({ energyType: "ENERGY_TYPE_ELECTRICITY", interval: "INTERVAL_QUARTER", date });
      const answer = await ask({ url: `https://public.api.energyzero.nl/public/v1/prices?${query}`, schema: Answer });
      // The answer holds days beside the one that was asked for.
      market.push(...within(answer.base, window));
      retail.push(...within(answer.all_in_with_vat, window));
    }
    return { currency: "EUR", market, ...(settings.all_in ? { retail } : {}) };
  },
});

const within = (list: v.InferOutput<typeof List>, { from, to }: Window): PriceSlot[] =>
  (list ?? [])
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end, price: { value } }) => ({ from: start, to: end, value: rounded(value) }));

/** `26-11-2026`, the only form that is taken; each local day holds UTC's noon of its date. */
function datesOf({ from, to }: Window): string[] {
  const dates: string[] = [];
  const date = (time: Micros): string => microsToRfc3339(time).slice(0, 10).split("-").reverse().join("-");
  for (let noon = from + 12 * HOUR; noon < to; noon += 24 * HOUR) dates.push(date(noon));
  return dates;
}
