import * as v from "valibot";
import type { Issue, OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { instant } from "../asking/instant.ts";
import type { Place, Provider, ReadNeeds } from "../source.ts";
import { MINUTE, MOST_INTENSITY } from "./slots.ts";

const grams = v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_INTENSITY));
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const Intensity = v.object({
  carbonIntensity: v.nullable(grams),
  datetime: instant,
  isEstimated: v.optional(v.nullable(v.boolean())),
});
const Breakdown = v.object({
  datetime: instant,
  fossilFreePercentage: v.optional(v.nullable(percent), null),
  renewablePercentage: v.optional(v.nullable(percent), null),
  isEstimated: v.optional(v.nullable(v.boolean())),
});
const Forecast = v.object({
  updatedAt: v.optional(instant),
  forecast: v.array(v.object({ carbonIntensity: v.nullable(grams), datetime: instant })),
});

const settings = v.strictObject({
  token: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.title("API key"),
    v.description("From portal.electricitymaps.com; the free one is for a single zone"),
    v.metadata({ secret: true }),
  ),
  zone: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Z]{2,3}(-[A-Z0-9]+)*$/, "a zone such as DE or US-CAL-CISO"),
      v.title("Zone"),
      v.description("Such as DE or US-CAL-CISO; empty: where the home is"),
    ),
  ),
  forecast: v.optional(
    v.pipe(v.boolean(), v.title("Forecast"), v.description("Ask for the forecast too, which paid plans have")),
    false,
  ),
});
type Settings = v.InferOutput<typeof settings>;

const HOST = "https://api.electricitymaps.com/v3";
const HOUR: Micros = 60 * MINUTE;

export const electricityMaps: Provider<Settings, undefined> = {
  id: "electricity_maps",
  kind: "carbon",
  name: "Electricity Maps",
  homepage: "https://www.electricitymaps.com",
  attribution: "Carbon intensity from Electricity Maps",
  terms: "The free key is for one zone and not for commercial use.",
  settings,
  worksUnset: false,
  // Of the free plan, as far as it is told.
  limits: [{ calls: 30, perMs: 3_600_000 }],
  everyMs: 30 * 60_000,
  tooOldMs: 4 * 3_600_000,
  unfit: ({ zone }, { latitude, longitude }) =>
    zone === undefined && (latitude === null || longitude === null)
      ? { why: "Home Assistant does not say where the home is", fix: "Name the zone in the settings of this source." }
      : undefined,
  read: async (needs) => {
    const { now, settings: given } = needs;
    const latest = await get(needs, "carbon-intensity/latest", Intensity);
    const mix = await get(needs, "power-breakdown/latest", Breakdown);
    const readings: OutsideReading[] = [];
    const add = (quantity: string, value: number | null, time: Micros, estimated: boolean | null | undefined) => {
      if (value === null) return;
      const quality = estimated ? { quality: "estimated" as const } : {};
      readings.push({ quantity, time, until: time + HOUR, value, ...quality });
    };
    add("intensity", latest.carbonIntensity, latest.datetime, latest.isEstimated);
    const { fossilFreePercentage: free, renewablePercentage: renewable } = mix;
    add("renewable_share", renewable, mix.datetime, mix.isEstimated);
    // Nuclear power is fossil-free and not renewable.
    add("fossil_share", free === null ? null : 100 - free, mix.datetime, mix.isEstimated);
    return {
      readings: readings.map((reading) => held(reading, now)),
      issues: given.forecast ? await forecastOf(needs) : [],
    };
  },
  readBetween: async (needs) => {
    // The last 24 hours are all there is.
    const { history } = await get(needs, "carbon-intensity/history", v.object({ history: v.array(Intensity) }));
    const { from, to } = needs.window;
    const readings = history.flatMap(({ carbonIntensity: value, datetime: time, isEstimated }): OutsideReading[] => {
      if (value === null || time < from || time >= to) return [];
      return [
        { quantity: "intensity", time, until: time + HOUR, value, ...(isEstimated ? { quality: "estimated" } : {}) },
      ];
    });
    return { readings, issues: [] };
  },
};

/** The latest hour is told after it has ended, and is the latest that is known until the next is told. */
const held = (reading: OutsideReading, now: Micros): OutsideReading => ({
  ...reading,
  until: Math.max(reading.until ?? 0, Math.min(now + HOUR, reading.time + 4 * HOUR)),
});

async function forecastOf(needs: ReadNeeds<Settings>): Promise<Issue[]> {
  const { forecast, updatedAt } = await get(needs, "carbon-intensity/forecast", Forecast);
  const slots = forecast
    .flatMap(({ carbonIntensity: value, datetime: from }) => (value === null ? [] : [{ from, to: from + HOUR, value }]))
    .sort((a, b) => a.from - b.from);
  return slots.length > 0 ? [{ quantity: "intensity", issued: updatedAt ?? needs.now, slots }] : [];
}

function get<T>(
  { ask, settings: given, place }: ReadNeeds<Settings>,
  path: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T> {
  return ask({ url: `${HOST}/${path}?${where(given, place)}`, headers: { "auth-token": given.token }, schema });
}

/** To some ten kilometres: a zone is larger, and the home's address is nobody's business. */
function where({ zone }: Settings, { latitude, longitude }: Place): URLSearchParams {
  if (zone !== undefined) return new URLSearchParams({ zone });
  return new URLSearchParams({ lat: (latitude ?? 0).toFixed(1), lon: (longitude ?? 0).toFixed(1) });
}
