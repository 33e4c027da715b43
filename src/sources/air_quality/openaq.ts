import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { instant } from "../asking/instant.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../place.ts";
import { HOUR } from "../slots.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { microgramsOf } from "./indices/us-aqi.ts";

const settings = v.strictObject({
  api_key: v.pipe(
    v.string(),
    v.minLength(1),
    v.title("API key"),
    v.description("From explore.openaq.org; free"),
    v.metadata({ secret: true }),
  ),
  location: v.optional(
    v.pipe(
      v.number(),
      v.safeInteger(),
      v.minValue(1),
      v.title("Location"),
      v.description("Its number at explore.openaq.org; empty: the nearest that reports"),
    ),
  ),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

/** Its words for pollutants. Others, such as black carbon or the weather beside the station, are not read. */
const POLLUTANTS: { readonly [name: string]: string } = {
  pm25: "pm2_5",
  pm10: "pm10",
  o3: "ozone",
  no2: "nitrogen_dioxide",
  so2: "sulphur_dioxide",
  co: "carbon_monoxide",
};

const number = v.nullish(v.pipe(v.number(), v.finite()));
const when = v.nullish(v.object({ utc: instant }));
const locationsSchema = v.object({
  results: v.array(
    v.object({
      id: v.pipe(v.number(), v.safeInteger()),
      isMobile: v.nullish(v.boolean()),
      distance: number,
      datetimeLast: when,
      sensors: v.nullish(
        v.array(
          v.object({
            id: v.pipe(v.number(), v.safeInteger()),
            parameter: v.object({ name: v.string(), units: v.nullish(v.string()) }),
          }),
        ),
        [],
      ),
    }),
  ),
});
type Location = v.InferOutput<typeof locationsSchema>["results"][number];
const latestSchema = v.object({
  results: v.array(v.object({ datetime: when, value: number, sensorsId: v.pipe(v.number(), v.safeInteger()) })),
});

const HOST = "https://api.openaq.org/v3";
/** Metres; it allows no more. */
const RADIUS = "25000";
/** The latest of a sensor that was taken down may be of years ago. */
const STILL_TRUE: Micros = 6 * HOUR;
const MOST_LOCATIONS = 3;

export const openAq: Provider<Settings, undefined> = {
  id: "openaq",
  kind: "air_quality",
  name: "OpenAQ",
  homepage: "https://openaq.org",
  attribution: "Air quality measured by those whom OpenAQ names at the location",
  terms:
    "Needs a free account. Each location has a licence of its own, named at explore.openaq.org. The home's place, rounded to a kilometre, is sent to OpenAQ.",
  settings,
  worksUnset: false,
  limits: [
    { calls: 60, perMs: 60_000 },
    { calls: 2_000, perMs: 3_600_000 },
  ],
  everyMs: 30 * 60_000,
  tooOldMs: 6 * 3_600_000,
  unfit: (given, place) => (given.location === undefined ? unplaced(given, place) : undefined),
  async read(needs) {
    const locations = await locationsOf(needs);
    for (const location of locations) {
      const readings = await latestOf(needs, location);
      if (readings.length > 0) return { readings, issues: [] };
    }
    throw new Failure("nothing_known", "No location of OpenAQ near this place reports now", { retry: true });
  },
};

const get = <T>({ ask, settings: given }: ReadNeeds<Settings>, path: string, schema: v.GenericSchema<unknown, T>) =>
  ask({ url: `${HOST}/${path}`, headers: { "X-API-Key": given.api_key }, schema });

/** The nearest that told something of now and that stay where they are. */
async function locationsOf(needs: ReadNeeds<Settings>): Promise<readonly Location[]> {
  const { settings: given, place, now } = needs;
  if (given.location !== undefined) return (await get(needs, `locations/${given.location}`, locationsSchema)).results;
  const where = whereOf(given, place);
  const query = new URLSearchParams({
    coordinates: `${where?.latitude},${where?.longitude}`,
    radius: RADIUS,
    limit: "100",
  });
  const { results } = await get(needs, `locations?${query}`, locationsSchema);
  return results
    .filter(({ isMobile, datetimeLast }) => isMobile !== true && (datetimeLast?.utc ?? 0) >= now - STILL_TRUE)
    .sort((a, b) => (a.distance ?? Number.MAX_VALUE) - (b.distance ?? Number.MAX_VALUE))
    .slice(0, MOST_LOCATIONS);
}

/** What is measured names neither pollutant nor unit: the location's sensors do. */
async function latestOf(needs: ReadNeeds<Settings>, { id, sensors }: Location): Promise<OutsideReading[]> {
  const { now } = needs;
  const measured = new Map((sensors ?? []).map((sensor) => [sensor.id, sensor.parameter]));
  const { results } = await get(needs, `locations/${id}/latest?limit=100`, latestSchema);
  const newest = new Map<string, OutsideReading>();
  for (const { datetime, value, sensorsId } of results) {
    const { name = "", units } = measured.get(sensorsId) ?? {};
    const quantity = Object.hasOwn(POLLUTANTS, name) ? POLLUTANTS[name] : undefined;
    const time = datetime?.utc;
    if (quantity === undefined || time === undefined || time < now - STILL_TRUE || time > now) continue;
    const concentration = concentrationOf(quantity, value, units);
    if (concentration === undefined || time <= (newest.get(quantity)?.time ?? 0)) continue;
    newest.set(quantity, { quantity, time, value: concentration });
  }
  return [...newest.values()];
}

/** µg/m³. Below 0 stands for no value. */
function concentrationOf(
  quantity: string,
  value: number | null | undefined,
  units: string | null | undefined,
): number | undefined {
  if (typeof value !== "number" || value < 0) return undefined;
  // The micro sign, or the Greek letter.
  if (units === "\u00b5g/m³" || units === "\u03bcg/m³") return value;
  const parts = units === "ppb" ? value : units === "ppm" ? value * 1000 : undefined;
  const micrograms = parts === undefined ? undefined : microgramsOf(quantity, parts);
  return micrograms === undefined ? undefined : Math.round(micrograms * 100) / 100;
}
