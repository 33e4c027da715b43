import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import { dayAhead } from "../market.ts";
import { fromPerMwh, HOUR, slotsFromPoints } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";
import { EUROPEAN, perMwh, zoneEntry } from "./market-entries.ts";
import { zoneOf, zoneUnknown } from "./zones.ts";

const Answer = v.object({
  unix_seconds: v.array(v.pipe(v.number(), v.safeInteger())),
  price: v.array(v.nullable(perMwh)),
  unit: v.string(),
  license_info: v.optional(v.nullable(v.string())),
});
type Answer = v.InferOutput<typeof Answer>;

/** Far enough into a day of the market that the date is the same by UTC. */
const NOON: Micros = 12 * HOUR;

/** Not published yet, or a zone that is out. */
const NOTHING: Answer = { unix_seconds: [], price: [], unit: "EUR / MWh" };

export const energyCharts = dayAhead({
  id: "energy_charts",
  name: "Energy-Charts",
  homepage: "https://energy-charts.info",
  attribution: "Prices from energy-charts.info (Fraunhofer ISE), CC BY 4.0: Bundesnetzagentur | SMARD.de",
  terms:
    "Prices of some zones are under CC BY 4.0; those of the others are for private use alone. The answer's license_info says which.",
  settings: v.strictObject({ zone: zoneEntry, ...tariffEntries }),
  worksUnset: true,
  tariff: (settings) => settings,
  // Not published; a guest asks a few times a day.
  limits: [{ calls: 120, perMs: 24 * 3_600_000 }],
  publication: () => EUROPEAN,
  unfit: (settings, place) => zoneUnknown(settings.zone, place),
  fetch: async ({ ask, settings, place }, window) => {
    const zone = zoneOf(settings.zone, place)?.id ?? "";
    // Both days are inside; days are those of the market.
    const query = new URLSearchParams({ bzn: zone, start: dateOf(window.from + NOON), end: dateOf(window.to - NOON) });
    const answer = await ask({
      url: `https://api.energy-charts.info/price?${query}`,
      schema: Answer,
      onStatus: (status) => (status === 404 ? NOTHING : undefined),
    });
    const { unix_seconds: seconds, price, unit } = answer;
    // In outages prices come with the unit "No Unit": nothing says what they are.
    if (unit.replaceAll(" ", "").toLowerCase() !== "eur/mwh")
      throw new Failure("changed_shape", `api.energy-charts.info/price answered with the unit ${unit}, not EUR/MWh`);
    if (seconds.length !== price.length)
      throw new Failure(
        "changed_shape",
        `api.energy-charts.info/price answered with ${seconds.length} times and ${price.length} prices`,
      );
    const points = seconds.map((second, index) => {
      const value = price[index] ?? null;
      return { from: second * 1_000_000, value: value === null ? null : fromPerMwh(value) };
    });
    return { currency: "EUR", market: slotsFromPoints(points) };
  },
});

const dateOf = (time: Micros): string => microsToRfc3339(time).slice(0, 10);
