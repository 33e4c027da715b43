import * as v from "valibot";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import { inUnit } from "../../domain/outside/units.ts";
import type { Micros } from "../../domain/time/time.ts";
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
import type { Answered, Provider, ReadNeeds } from "../source.ts";
import { conditionOfWmo } from "./condition.ts";

const settings = v.strictObject({ ...KEY_ENTRY, ...PLACE_ENTRIES });
type Settings = v.InferOutput<typeof settings>;

/** `before`: what is said of an hour is its sum, mean or most up to the time given (documented as "preceding hour"). */
const HOURLY: readonly Variable[] = [
  { name: "temperature_2m", quantity: "temperature", unit: "°C" },
  { name: "apparent_temperature", quantity: "apparent_temperature", unit: "°C" },
  { name: "dew_point_2m", quantity: "dew_point", unit: "°C" },
  { name: "relative_humidity_2m", quantity: "humidity", unit: "%" },
  { name: "pressure_msl", quantity: "pressure", unit: "hPa" },
  { name: "cloud_cover", quantity: "cloud_cover", unit: "%" },
  { name: "visibility", quantity: "visibility", unit: "m" },
  { name: "wind_speed_10m", quantity: "wind_speed", unit: "m/s" },
  { name: "wind_gusts_10m", quantity: "wind_gust", unit: "m/s", before: true },
  { name: "wind_direction_10m", quantity: "wind_bearing", unit: "°" },
  { name: "precipitation", quantity: "precipitation", unit: "mm", before: true },
  { name: "precipitation_probability", quantity: "precipitation_probability", unit: "%", before: true },
  { name: "shortwave_radiation", quantity: "radiation", unit: "W/m²", before: true },
  { name: "uv_index", quantity: "uv_index", unit: null },
];
/** What is asked of the past: chances of what has been are of no use. */
const PAST = HOURLY.filter(({ quantity }) => quantity !== "precipitation_probability");
/** Sums over a quarter of an hour would not go with those of hours in one series. */
const CURRENT = PAST.filter(({ quantity }) => quantity !== "precipitation");
const DAILY: readonly Variable[] = [
  { name: "temperature_2m_max", quantity: "temperature_high", unit: "°C" },
  { name: "temperature_2m_min", quantity: "temperature_low", unit: "°C" },
  { name: "precipitation_sum", quantity: "day_precipitation", unit: "mm" },
  { name: "precipitation_probability_max", quantity: "day_precipitation_probability", unit: "%" },
  { name: "wind_speed_10m_max", quantity: "day_wind_speed", unit: "m/s" },
  { name: "wind_gusts_10m_max", quantity: "day_wind_gust", unit: "m/s" },
  { name: "uv_index_max", quantity: "day_uv_index", unit: null },
];
const SKY = ["weather_code", "is_day"];

const names = (variables: readonly Variable[], more: readonly string[] = []): string =>
  [...variables.map(({ name }) => name), ...more].join(",");
const answerSchema = openMeteoSchema({
  current: [...CURRENT.map(({ name }) => name), ...SKY],
  hourly: [...HOURLY.map(({ name }) => name), ...SKY],
  daily: [...DAILY.map(({ name }) => name), "weather_code"],
});

const FORECAST_DAYS = 7;
/** Open-Meteo answers so many days back. */
const MOST_PAST = 92 * DAY;

export const openMeteo: Provider<Settings, undefined> = {
  id: "open_meteo",
  kind: "weather",
  name: "Open-Meteo",
  homepage: "https://open-meteo.com",
  attribution: "Weather data by Open-Meteo.com",
  terms:
    "Free for non-commercial use, at most 10,000 calls a day; data under CC BY 4.0. The home's place, rounded to a kilometre, is sent to Open-Meteo.",
  settings,
  worksUnset: true,
  limits: [
    { calls: 600, perMs: 60_000 },
    { calls: 5_000, perMs: 3_600_000 },
    { calls: 10_000, perMs: 86_400_000 },
  ],
  // As often as Open-Meteo's present values change.
  everyMs: 15 * 60_000,
  tooOldMs: 2 * 3_600_000,
  unfit: unplaced,
  async read(needs) {
    const { place, now } = needs;
    const answer = await ask(needs, {
      current: names(CURRENT, SKY),
      hourly: names(HOURLY, SKY),
      daily: names(DAILY, ["weather_code"]),
      forecast_days: String(FORECAST_DAYS),
      // Days are the home's.
      timezone: place.calendar.timeZone,
    });
    return {
      readings: [...present(answer), ...lastHour(answer, now)],
      issues: forecasts(answer, now),
    };
  },
  async readBetween(needs) {
    const { window, now } = needs;
    const [from, to] = [Math.max(window.from, now - MOST_PAST), Math.min(window.to, now)];
    if (from >= to) return { readings: [], issues: [] };
    const answer = await ask(needs, {
      hourly: names(PAST, SKY),
      start_date: dateOf(from),
      end_date: dateOf(to),
      timezone: "GMT",
    });
    return { readings: hours(answer).filter(({ time, until = time }) => time >= from && until < to), issues: [] };
  },
};

function ask(needs: ReadNeeds<Settings>, asked: { readonly [name: string]: string }): Promise<OpenMeteoAnswer> {
  const { settings: given, place } = needs;
  const url = addressOf("api.open-meteo.com/v1/forecast", whereOf(given, place), given.api_key, {
    ...asked,
    wind_speed_unit: "ms",
  });
  return needs.ask({ url, schema: answerSchema });
}

const isDay = (value: number | null | undefined): boolean | undefined =>
  value === undefined || value === null ? undefined : value === 1;
const conditionAt = (code: number | null | undefined, day: number | null | undefined): string | undefined =>
  code === undefined || code === null ? undefined : conditionOfWmo(code, isDay(day));

function present(answer: OpenMeteoAnswer): OutsideReading[] {
  const { current, current_units: units } = answer;
  if (!current) return [];
  const time = instantOf(current.time, answer.utc_offset_seconds);
  const readings: OutsideReading[] = [];
  for (const variable of CURRENT) {
    const value = valueIn(variable, current.values[variable.name], units, inUnit);
    if (value === undefined) continue;
    readings.push(
      variable.before
        ? { quantity: variable.quantity, time: time - current.interval, until: time, value }
        : { quantity: variable.quantity, time, value },
    );
  }
  const condition = conditionAt(current.values.weather_code, current.values.is_day);
  if (condition !== undefined) readings.push({ quantity: "condition", time, value: condition });
  return readings;
}

/** Every value of the hourly block, at its time or over the hour before it. */
function hours(answer: OpenMeteoAnswer): OutsideReading[] {
  const { hourly, hourly_units: units } = answer;
  if (!hourly) return [];
  const readings: OutsideReading[] = [];
  timesOf(hourly, answer).forEach((time, at) => {
    for (const variable of PAST) {
      const value = valueIn(variable, hourly.values[variable.name]?.[at], units, inUnit);
      if (value === undefined) continue;
      readings.push(
        variable.before
          ? { quantity: variable.quantity, time: time - HOUR, until: time, value }
          : { quantity: variable.quantity, time, value },
      );
    }
    const condition = conditionAt(hourly.values.weather_code?.[at], hourly.values.is_day?.[at]);
    if (condition !== undefined) readings.push({ quantity: "condition", time, value: condition });
  });
  return readings;
}

/** What fell in the last hour that is over. */
const lastHour = (answer: OpenMeteoAnswer, now: Micros): OutsideReading[] =>
  hours(answer)
    .filter(({ quantity, until }) => quantity === "precipitation" && until !== undefined && until <= now)
    .slice(-1);

function forecasts(answer: OpenMeteoAnswer, now: Micros): Answered["issues"] {
  const heard: Heard = new Map();
  const { hourly, daily } = answer;
  if (hourly)
    timesOf(hourly, answer).forEach((time, at) => {
      for (const variable of HOURLY) {
        const from = variable.before ? time - HOUR : time;
        hear(
          heard,
          variable.quantity,
          from,
          from + HOUR,
          valueIn(variable, hourly.values[variable.name]?.[at], answer.hourly_units, inUnit),
        );
      }
      hear(
        heard,
        "condition",
        time,
        time + HOUR,
        conditionAt(hourly.values.weather_code?.[at], hourly.values.is_day?.[at]),
      );
    });
  if (daily) {
    const days = timesOf(daily, answer);
    days.forEach((from, at) => {
      const to = days[at + 1] ?? from + DAY;
      for (const variable of DAILY)
        hear(
          heard,
          variable.quantity,
          from,
          to,
          valueIn(variable, daily.values[variable.name]?.[at], answer.daily_units, inUnit),
        );
      hear(heard, "day_condition", from, to, conditionAt(daily.values.weather_code?.[at], 1));
    });
  }
  return issuesOf(heard, now, now);
}
