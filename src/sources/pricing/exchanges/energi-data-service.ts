import * as v from "valibot";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import { utcInstant } from "../../asking/instant.ts";
import { dayAhead } from "../market.ts";
import { fromPerMwh, slotsFromPoints } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";
import { EUROPEAN, perMwh } from "./market-entries.ts";

/** A euro is 7.46 kroner, and has been for decades. */
const perMwhInKroner = v.pipe(v.number(), v.minValue(-4500), v.maxValue(37_500));
const Answer = v.object({
  records: v.array(
    v.object({
      // TimeDK has no offset, and its hour in October comes twice.
      TimeUTC: utcInstant,
      DayAheadPriceEUR: v.nullable(perMwh),
      DayAheadPriceDKK: v.optional(v.nullable(perMwhInKroner), null),
    }),
  ),
});

export const energiDataService = dayAhead({
  id: "energi_data_service",
  name: "Energi Data Service",
  homepage: "https://www.energidataservice.dk",
  attribution: "Prices from Energinet's Energi Data Service",
  settings: v.strictObject({
    area: v.pipe(
      v.picklist(["DK1", "DK2"]),
      v.title("Price area"),
      v.description("DK1 west of the Great Belt, DK2 east of it"),
    ),
    currency: v.optional(
      v.pipe(v.picklist(["DKK", "EUR"]), v.title("Currency"), v.description("In which the prices are told")),
      "DKK",
    ),
    ...tariffEntries,
  }),
  tariff: (settings) => settings,
  // One call a minute for each data set.
  limits: [{ calls: 1, perMs: 60_000 }],
  publication: () => EUROPEAN,
  fetch: async ({ ask, settings }, window) => {
    const { area, currency } = settings;
    const query = new URLSearchParams({
      start: utcMinute(window.from),
      end: utcMinute(window.to),
      timezone: "UTC",
      filter: JSON.stringify({ PriceArea: [area] }),
      limit: "0",
    });
    const url = `https://api.energidataservice.dk/dataset/DayAheadPrices?${query}`;
    const { records } = await ask({ url, schema: Answer });
    const points = records.map((record) => {
      const price = currency === "EUR" ? record.DayAheadPriceEUR : record.DayAheadPriceDKK;
      return { from: record.TimeUTC, value: price === null ? null : fromPerMwh(price) };
    });
    return { currency, market: slotsFromPoints(points) };
  },
});

const utcMinute = (time: Micros): string => microsToRfc3339(time).slice(0, 16);
