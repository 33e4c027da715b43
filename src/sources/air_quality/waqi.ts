import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, type Where, whereOf } from "../place.ts";
import type { Provider } from "../source.ts";

const settings = v.strictObject({
  api_key: v.pipe(v.string(), v.minLength(1), v.title("Token"), v.metadata({ secret: true })),
  station: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^@?[\w/-]+$/, "is no station such as @6332 or utrecht"),
      v.title("Station"),
      v.description("A station's number (@6332) or a city (utrecht). Empty: the station nearest to the home."),
    ),
  ),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

const stationSchema = v.object({
  aqi: v.union([v.pipe(v.number(), v.finite()), v.string()]),
  dominentpol: v.optional(v.nullable(v.string())),
  time: v.object({ iso: v.string() }),
  city: v.optional(v.object({ name: v.optional(v.string()), geo: v.optional(v.array(v.number())) })),
});
type Station = v.InferOutput<typeof stationSchema>;
const answerSchema = v.variant("status", [
  v.object({ status: v.literal("ok"), data: stationSchema }),
  // With the status of success.
  v.object({ status: v.literal("error"), data: v.optional(v.string()) }),
]);

/** Its words for pollutants. Some stations name what is none (`neph`), or nothing. */
const POLLUTANTS: { readonly [word: string]: string } = {
  pm25: "pm2_5",
  pm10: "pm10",
  o3: "ozone",
  no2: "nitrogen_dioxide",
  so2: "sulphur_dioxide",
  co: "carbon_monoxide",
};
/** The nearest station may be in another country. */
const FARTHEST_KM = 100;

export const waqi: Provider<Settings, undefined> = {
  id: "waqi",
  kind: "air_quality",
  name: "World Air Quality Index",
  homepage: "https://aqicn.org/api/",
  attribution: "Air quality by the World Air Quality Index Project and the environmental agency of the station",
  terms:
    "Needs a free token. WAQI forbids to sell its data and to redistribute it as cached or archived data: keep what is recorded to yourself. The home's place, rounded to a kilometre, is sent to WAQI unless a station is named.",
  settings,
  worksUnset: false,
  limits: [{ calls: 1_000, perMs: 1_000 }],
  everyMs: 60 * 60_000,
  tooOldMs: 6 * 3_600_000,
  unfit: (given, place) => (given.station === undefined ? unplaced(given, place) : undefined),
  async read({ ask, settings: given, place }) {
    const where = given.station === undefined ? whereOf(given, place) : undefined;
    const feed = given.station ?? `geo:${where?.latitude};${where?.longitude}`;
    const query = new URLSearchParams({ token: given.api_key });
    const answer = await ask({ url: `https://api.waqi.info/feed/${feed}/?${query}`, schema: answerSchema });
    if (answer.status === "error") throw failureOf(answer.data ?? "an error without a word");
    if (where) mustBeNear(where, answer.data);
    return { readings: present(answer.data), issues: [] };
  },
};

/** What it gives by pollutant (`iaqi`) are points of its index, not concentrations, and is left alone. */
function present({ aqi, dominentpol, time: said, city }: Station) {
  // `time.v` is local time written as if it were UTC.
  const time = microsFromRfc3339(said.iso);
  // "-" stands for no value; some of its answers give numbers as texts.
  const value = typeof aqi === "number" ? aqi : /^\d+(\.\d+)?$/.test(aqi) ? Number(aqi) : undefined;
  if (value === undefined || time === undefined)
    throw new Failure("nothing_known", `${city?.name ?? "The station"} reports no index now`, { retry: true });
  const deciding = POLLUTANTS[dominentpol ?? ""];
  return [
    { quantity: "waqi_aqi", time, value },
    ...(deciding === undefined ? [] : [{ quantity: "dominant_pollutant", time, value: deciding }]),
  ];
}

function failureOf(said: string): Failure {
  if (/key/i.test(said)) return new Failure("refused", "WAQI does not accept the token", { fix: "Check the token." });
  if (/quota/i.test(said)) return new Failure("limited", `WAQI says: ${said}`, { retry: true });
  if (/unknown/i.test(said))
    return new Failure("nothing_known", `WAQI says: ${said}`, { fix: "Name another station, or none." });
  return new Failure("provider_failed", `WAQI says: ${said}`, { retry: true });
}

function mustBeNear(where: Where, { city }: Station): void {
  const [latitude, longitude] = city?.geo ?? [];
  if (latitude === undefined || longitude === undefined) return;
  const km = kilometresBetween([Number(where.latitude), Number(where.longitude)], [latitude, longitude]);
  if (km <= FARTHEST_KM) return;
  const name = city?.name ?? "without a name";
  throw new Failure("nothing_known", `The nearest station (${name}) is ${Math.round(km)} km away`, {
    fix: "Name it in the settings if its air is that of the home.",
  });
}

/** On a sphere of the earth's mean radius. */
function kilometresBetween(a: readonly [number, number], b: readonly [number, number]): number {
  const [aLatitude, aLongitude, bLatitude, bLongitude] = [...a, ...b].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
    number,
  ];
  const half =
    Math.sin((bLatitude - aLatitude) / 2) ** 2 +
    Math.cos(aLatitude) * Math.cos(bLatitude) * Math.sin((bLongitude - aLongitude) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.sqrt(half));
}
