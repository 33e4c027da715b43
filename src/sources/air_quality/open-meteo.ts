import * as v from "valibot";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import {
  addressOf,
  dateOf,
  instantOf,
  KEY_ENTRY,
  type OpenMeteoAnswer,
  openMeteoSchema,
  timesOf,
  type Variable,
  valueIn,
} from "../open-meteo/answer.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../place.ts";
import { DAY, type Heard, HOUR, hear, issuesOf } from "../slots.ts";
import type { Provider, ReadNeeds } from "../source.ts";

const settings = v.strictObject({ ...KEY_ENTRY, ...PLACE_ENTRIES });
type Settings = v.InferOutput<typeof settings>;

const POLLUTANTS: readonly Variable[] = [
  { name: "pm10", quantity: "pm10", unit: "µg/m³" },
  { name: "pm2_5", quantity: "pm2_5", unit: "µg/m³" },
  { name: "ozone", quantity: "ozone", unit: "µg/m³" },
  { name: "nitrogen_dioxide", quantity: "nitrogen_dioxide", unit: "µg/m³" },
  { name: "sulphur_dioxide", quantity: "sulphur_dioxide", unit: "µg/m³" },
  { name: "carbon_monoxide", quantity: "carbon_monoxide", unit: "µg/m³" },
];
const VARIABLES: readonly Variable[] = [
  ...POLLUTANTS,
  { name: "us_aqi", quantity: "us_aqi", unit: null },
  { name: "european_aqi", quantity: "european_aqi", unit: null },
];
const NAMES = VARIABLES.map(({ name }) => name);
/** What each pollutant alone comes to on the US scale. */
const SHARES = POLLUTANTS.map(({ name }) => `us_aqi_${name}`);

const answerSchema = openMeteoSchema({ current: [...NAMES, ...SHARES], hourly: NAMES });
const FORECAST_DAYS = 5;
/** It answers so many days back. */
const MOST_PAST = 92 * DAY;

export const openMeteoAir: Provider<Settings, undefined> = {
  id: "open_meteo",
  kind: "air_quality",
  name: "Open-Meteo",
  homepage: "https://open-meteo.com/en/docs/air-quality-api",
  attribution: "Air quality by Open-Meteo.com, generated using Copernicus Atmosphere Monitoring Service information",
  terms:
    "Free for non-commercial use, at most 10,000 calls a day; data under CC BY 4.0. From a model, not measured: a grid of 11 km in Europe, 40 km elsewhere. The home's place, rounded to a kilometre, is sent to Open-Meteo.",
  settings,
  worksUnset: true,
  limits: [
    { calls: 600, perMs: 60_000 },
    { calls: 5_000, perMs: 3_600_000 },
    { calls: 10_000, perMs: 86_400_000 },
  ],
  everyMs: 60 * 60_000,
  tooOldMs: 4 * 3_600_000,
  unfit: unplaced,
  async read(needs) {
    const { now } = needs;
    const answer = await ask(needs, {
      current: [...NAMES, ...SHARES].join(","),
      hourly: NAMES.join(","),
      forecast_days: String(FORECAST_DAYS),
      timezone: "GMT",
    });
    const heard: Heard = new Map();
    for (const { quantity, time, value } of hours(answer)) hear(heard, quantity, time, time + HOUR, value);
    return { readings: present(answer), issues: issuesOf(heard, now, now) };
  },
  async readBetween(needs) {
    const { window, now } = needs;
    const [from, to] = [Math.max(window.from, now - MOST_PAST), Math.min(window.to, now)];
    if (from >= to) return { readings: [], issues: [] };
    const answer = await ask(needs, {
      hourly: NAMES.join(","),
      start_date: dateOf(from),
      end_date: dateOf(to),
      timezone: "GMT",
    });
    return { readings: hours(answer).filter(({ time }) => time >= from && time < to), issues: [] };
  },
};

function ask(needs: ReadNeeds<Settings>, asked: { readonly [name: string]: string }): Promise<OpenMeteoAnswer> {
  const { settings: given, place } = needs;
  const where = whereOf(given, place);
  // The model of the air knows no heights.
  const flat = where && { ...where, elevation: null };
  const url = addressOf("air-quality-api.open-meteo.com/v1/air-quality", flat, given.api_key, asked);
  return needs.ask({ url, schema: answerSchema });
}

/** Concentrations and indices come in one unit alone. */
const unconverted = () => undefined;

function hours({ hourly, hourly_units: units, ...answer }: OpenMeteoAnswer): OutsideReading[] {
  if (!hourly) return [];
  return timesOf(hourly, answer).flatMap((time, at) =>
    VARIABLES.flatMap((variable) => {
      const value = valueIn(variable, hourly.values[variable.name]?.[at], units, unconverted);
      return value === undefined ? [] : [{ quantity: variable.quantity, time, value }];
    }),
  );
}

function present({ current, current_units: units, utc_offset_seconds: offset }: OpenMeteoAnswer): OutsideReading[] {
  if (!current) return [];
  const { values } = current;
  const time = instantOf(current.time, offset);
  const readings: OutsideReading[] = VARIABLES.flatMap((variable) => {
    const value = valueIn(variable, values[variable.name], units, unconverted);
    return value === undefined ? [] : [{ quantity: variable.quantity, time, value }];
  });
  const index = values.us_aqi;
  const deciding = POLLUTANTS.find(({ name }) => typeof index === "number" && values[`us_aqi_${name}`] === index);
  if (deciding) readings.push({ quantity: "dominant_pollutant", time, value: deciding.quantity });
  return readings;
}
