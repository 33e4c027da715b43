import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../place.ts";
import { HOUR } from "../slots.ts";
import type { Provider } from "../source.ts";

const settings = v.strictObject({
  api_key: v.pipe(v.string(), v.minLength(1), v.title("API key"), v.metadata({ secret: true })),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

/** Hours ahead of UTC. It names a zone by such a word, never by its offset. */
const ZONES: { readonly [word: string]: number } = {
  AST: -4,
  ADT: -3,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  AKST: -9,
  AKDT: -8,
  HST: -10,
  HDT: -9,
  SST: -11,
  CHST: 10,
  UTC: 0,
  GMT: 0,
};
const zoneOf = (word: string): number | undefined => ZONES[word.toUpperCase()];

/** Its words for pollutants. */
const POLLUTANTS: { readonly [word: string]: string } = {
  OZONE: "ozone",
  O3: "ozone",
  "PM2.5": "pm2_5",
  PM10: "pm10",
  NO2: "nitrogen_dioxide",
  SO2: "sulphur_dioxide",
  CO: "carbon_monoxide",
};

const rowSchema = v.object({
  dateObserved: v.pipe(v.string(), v.isoDate("no date")),
  hourObserved: v.pipe(v.string(), v.isoTime("no hour such as 15:00")),
  localTimeZone: v.pipe(
    v.string(),
    v.check((word) => zoneOf(word) !== undefined, "no time zone that is known here"),
  ),
  parameterName: v.string(),
  nowcastAQI: v.optional(v.nullable(v.pipe(v.number(), v.finite()))),
});
type Row = v.InferOutput<typeof rowSchema>;
/** What went wrong comes with the status of success. */
const errorSchema = v.object({ WebServiceError: v.array(v.object({ Message: v.string() })) });
const answerSchema = v.lazy((input) => (Array.isArray(input) ? v.array(rowSchema) : errorSchema));

/** Pollutants are reported hour by hour, some later than others: so far behind the newest they still belong together. */
const TOGETHER: Micros = 2 * HOUR;

export const airNow: Provider<Settings, undefined> = {
  id: "airnow",
  kind: "air_quality",
  name: "AirNow",
  homepage: "https://docs.airnowapi.org",
  attribution: "Air quality by the U.S. EPA AirNow program and its partner agencies; preliminary data",
  terms: "For the United States; needs a free account. The home's place, rounded to a kilometre, is sent to AirNow.",
  settings,
  worksUnset: false,
  limits: [{ calls: 500, perMs: 3_600_000 }],
  everyMs: 60 * 60_000,
  tooOldMs: 4 * 3_600_000,
  unfit: unplaced,
  async read({ ask, settings: given, place }) {
    const where = whereOf(given, place);
    const query = new URLSearchParams({
      format: "application/json",
      latitude: where?.latitude ?? "",
      longitude: where?.longitude ?? "",
      API_KEY: given.api_key,
    });
    const answer = await ask({
      url: `https://www.airnowapi.org/aq/observation/current/ziplatlong/?${query}`,
      schema: answerSchema,
    });
    const readings = present(Array.isArray(answer) ? answer : nobody(answer));
    // No station that reports is not clean air.
    if (readings.length === 0)
      throw new Failure("nothing_known", "No station near this place reports to AirNow now", { retry: true });
    return { readings, issues: [] };
  },
};

function nobody({ WebServiceError: errors }: v.InferOutput<typeof errorSchema>): readonly Row[] {
  const said = errors.map(({ Message }) => Message).join("; ");
  if (/there (are|is) no/i.test(said)) return [];
  if (/key/i.test(said)) throw new Failure("refused", `AirNow says: ${said}`, { fix: "Check the key." });
  throw new Failure("provider_failed", `AirNow says: ${said}`, { retry: true });
}

const timeOf = ({ dateObserved, hourObserved, localTimeZone }: Row): Micros =>
  Date.parse(`${dateObserved}T${hourObserved}:00Z`) * 1000 - (zoneOf(localTimeZone) ?? 0) * HOUR;

/** The index is that of the worst pollutant. Below 0 stands for no value; above 500 is possible. */
function present(rows: readonly Row[]): OutsideReading[] {
  const found = rows.flatMap((row) => {
    const value = row.nowcastAQI;
    if (typeof value !== "number" || value < 0) return [];
    return [{ value, pollutant: POLLUTANTS[row.parameterName.trim().toUpperCase()], time: timeOf(row) }];
  });
  const time = Math.max(...found.map((one) => one.time));
  const worst = found.filter((one) => one.time >= time - TOGETHER).sort((a, b) => b.value - a.value)[0];
  if (!worst) return [];
  const quality = "preliminary" as const;
  const readings: OutsideReading[] = [{ quantity: "us_aqi", time, value: worst.value, quality }];
  if (worst.pollutant !== undefined)
    readings.push({ quantity: "dominant_pollutant", time, value: worst.pollutant, quality });
  return readings;
}
