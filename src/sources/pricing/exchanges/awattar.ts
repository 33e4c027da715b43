import * as v from "valibot";
import { dayAhead } from "../market.ts";
import { fromPerMwh } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";
import { EUROPEAN, perMwh } from "./market-entries.ts";

const Answer = v.object({
  data: v.array(
    v.object({
      start_timestamp: v.pipe(v.number(), v.safeInteger()),
      end_timestamp: v.pipe(v.number(), v.safeInteger()),
      marketprice: perMwh,
      unit: v.pipe(
        v.string(),
        v.check((unit) => unit.toLowerCase() === "eur/mwh", "another unit than Eur/MWh"),
      ),
    }),
  ),
});

const countryOf = (chosen: "at" | "de" | undefined, country: string | null): "at" | "de" | undefined =>
  chosen ?? (country === "AT" ? "at" : country === "DE" || country === "LU" ? "de" : undefined);

export const awattar = dayAhead({
  id: "awattar",
  name: "aWATTar",
  homepage: "https://www.awattar.de",
  attribution: "Prices from aWATTar",
  terms: "Fair use: about 100 calls a day.",
  settings: v.strictObject({
    country: v.optional(
      v.pipe(
        v.picklist(["at", "de"]),
        v.title("Country"),
        v.description("Austria (at) or Germany (de). Empty: the home's country"),
      ),
    ),
    ...tariffEntries,
  }),
  worksUnset: true,
  tariff: (settings) => settings,
  limits: [{ calls: 100, perMs: 24 * 3_600_000 }],
  // Later than the market itself: "at about 14:00".
  publication: () => ({ ...EUROPEAN, from: 14 * 60 }),
  unfit: (settings, place) =>
    countryOf(settings.country, place.country)
      ? undefined
      : { why: "aWATTar knows prices of Austria and Germany alone", fix: "Choose a country, or another provider." },
  fetch: async ({ ask, settings, place }, window) => {
    const country = countryOf(settings.country, place.country) ?? "at";
    // Without an end 24 hours come, on days of 23 and 25 hours as well.
    const query = new URLSearchParams({ start: String(window.from / 1000), end: String(window.to / 1000) });
    const { data } = await ask({ url: `https://api.awattar.${country}/v1/marketdata?${query}`, schema: Answer });
    const market = data.map((hour) => ({
      from: hour.start_timestamp * 1000,
      to: hour.end_timestamp * 1000,
      value: fromPerMwh(hour.marketprice),
    }));
    return { currency: "EUR", market };
  },
});
