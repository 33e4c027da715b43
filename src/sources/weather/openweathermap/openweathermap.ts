import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { Issue, OutsideReading } from "../../../domain/outside/outside.ts";
import { calendarOf } from "../../../domain/time/calendar.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../../place.ts";
import { type Heard, HOUR, hear, issuesOf } from "../../slots.ts";
import type { Provider, ReadNeeds } from "../../source.ts";
import { conditionOfOpenWeatherMap } from "../condition.ts";
import {
  type Amount,
  currentSchema,
  forecastSchema,
  type OneCall,
  type OneCallStep,
  oneCallSchema,
  type Sky,
  type Step,
} from "./answers.ts";

const settings = v.strictObject({
  api_key: v.pipe(v.string(), v.minLength(1), v.title("API key"), v.metadata({ secret: true })),
  plan: v.optional(
    v.pipe(
      v.picklist(["free", "one_call"]),
      v.title("Plan"),
      v.description(
        "free: the present and three-hourly forecasts of five days. one_call: One Call 3.0, a subscription of its own, with hourly forecasts of two days and daily ones of eight.",
      ),
    ),
    "free",
  ),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

export const openWeatherMap: Provider<Settings, undefined> = {
  id: "openweathermap",
  kind: "weather",
  name: "OpenWeatherMap",
  homepage: "https://openweathermap.org",
  attribution: "Weather data provided by OpenWeather (TM)",
  terms:
    "Needs an account; a new key works after some hours. Data under CC BY-SA 4.0. The home's place, rounded to a kilometre, is sent to OpenWeather.",
  settings,
  worksUnset: false,
  // One Call 3.0 is free up to 1,000 calls a day and costs money beyond; the other services allow far more.
  limits: [
    { calls: 60, perMs: 60_000 },
    { calls: 1_000, perMs: 86_400_000 },
  ],
  everyMs: 15 * 60_000,
  tooOldMs: 2 * 3_600_000,
  unfit: unplaced,
  async read(needs) {
    const { now } = needs;
    if (needs.settings.plan === "one_call") {
      const answer = await ask(needs, "3.0/onecall", oneCallSchema, { exclude: "minutely,alerts" });
      return {
        readings: readingsOf(valuesOfOneCall(answer.current), answer.current),
        issues: issuesOfOneCall(answer, now),
      };
    }
    const current = await ask(needs, "2.5/weather", currentSchema);
    const forecast = await ask(needs, "2.5/forecast", forecastSchema);
    const heard: Heard = new Map();
    for (const step of forecast.list) {
      const from = step.dt * 1_000_000;
      for (const [quantity, value] of valuesOf(step)) hear(heard, quantity, from, from + 3 * HOUR, value);
      // Amounts are documented as those of the last three hours, and the chance goes with them.
      hear(heard, "precipitation", from - 3 * HOUR, from, fallen(step, "3h"));
      hear(heard, "precipitation_probability", from - 3 * HOUR, from, percent(step.pop));
    }
    return { readings: readingsOf(valuesOf(current), current), issues: issuesOf(heard, now, now) };
  },
};

function ask<T>(
  needs: ReadNeeds<Settings>,
  service: string,
  schema: v.GenericSchema<unknown, T>,
  more: { readonly [name: string]: string } = {},
): Promise<T> {
  const { settings: given, place } = needs;
  const where = whereOf(given, place);
  const query = new URLSearchParams({
    lat: where?.latitude ?? "",
    lon: where?.longitude ?? "",
    units: "metric",
    ...more,
    appid: given.api_key,
  });
  return needs.ask({
    url: `https://api.openweathermap.org/data/${service}?${query}`,
    schema,
    onStatus: (status) => {
      if (status !== 401) return undefined;
      throw new Failure("refused", `OpenWeatherMap does not accept the key for ${service}`, {
        fix: "A new key works only after some hours. One Call 3.0 needs a subscription of its own: without one choose the plan free.",
      });
    },
  });
}

type Values = readonly (readonly [quantity: string, value: number | string | null | undefined])[];

const valuesOf = ({ main, wind, clouds, visibility, weather }: Step): Values => [
  ["temperature", main.temp],
  ["apparent_temperature", main.feels_like],
  ["humidity", main.humidity],
  ["pressure", main.pressure],
  ["cloud_cover", clouds?.all],
  ["visibility", visibility],
  ["wind_speed", wind?.speed],
  ["wind_gust", wind?.gust],
  ["wind_bearing", wind?.deg],
  ["condition", conditionOf(weather)],
];

const valuesOfOneCall = (step: OneCallStep): Values => [
  ["temperature", step.temp],
  ["apparent_temperature", step.feels_like],
  ["dew_point", step.dew_point],
  ["humidity", step.humidity],
  ["pressure", step.pressure],
  ["cloud_cover", step.clouds],
  ["visibility", step.visibility],
  ["wind_speed", step.wind_speed],
  ["wind_gust", step.wind_gust],
  ["wind_bearing", step.wind_deg],
  ["uv_index", step.uvi],
  ["condition", conditionOf(step.weather)],
];

function readingsOf(
  values: Values,
  step: { dt: number; rain?: Amount; snow?: Amount; weather?: Sky },
): OutsideReading[] {
  const time = step.dt * 1_000_000;
  const readings: OutsideReading[] = [];
  for (const [quantity, value] of values)
    if (value !== undefined && value !== null) readings.push({ quantity, time, value });
  const value = fallen(step, "1h");
  if (value !== undefined) readings.push({ quantity: "precipitation", time: time - HOUR, until: time, value });
  return readings;
}

function issuesOfOneCall(answer: OneCall, now: Micros): Issue[] {
  const heard: Heard = new Map();
  for (const step of answer.hourly) {
    const from = step.dt * 1_000_000;
    for (const [quantity, value] of valuesOfOneCall(step)) hear(heard, quantity, from, from + HOUR, value);
    hear(heard, "precipitation", from, from + HOUR, fallen(step, "1h"));
    hear(heard, "precipitation_probability", from, from + HOUR, percent(step.pop));
  }
  const calendar = calendarOf(answer.timezone);
  for (const day of answer.daily) {
    // A day is named by its noon.
    const from = calendar.startOf("day", day.dt * 1_000_000);
    const to = calendar.nextAfter("day", day.dt * 1_000_000);
    const values: Values = [
      ["temperature_high", day.temp?.max],
      ["temperature_low", day.temp?.min],
      ["day_precipitation", sum(day.rain, day.snow, day.weather)],
      ["day_precipitation_probability", percent(day.pop)],
      ["day_wind_speed", day.wind_speed],
      ["day_wind_gust", day.wind_gust],
      ["day_uv_index", day.uvi],
      ["day_condition", conditionOf(day.weather)],
    ];
    for (const [quantity, value] of values) hear(heard, quantity, from, to, value);
  }
  return issuesOf(heard, now, now);
}

function conditionOf(weather: Sky): string | undefined {
  const first = weather?.[0];
  if (!first) return undefined;
  const end = first.icon?.at(-1);
  return conditionOfOpenWeatherMap(first.id, end === "d" ? true : end === "n" ? false : undefined);
}

const fallen = (step: { rain?: Amount; snow?: Amount; weather?: Sky }, over: "1h" | "3h"): number | undefined =>
  sum(step.rain?.[over], step.snow?.[over], step.weather);

/**
 * Rain and snow, both in mm of water. Where it is dry neither is there: then the conditions say that nothing falls (codes
 * from 700), and only then is it 0.
 */
function sum(rain: number | null | undefined, snow: number | null | undefined, weather: Sky): number | undefined {
  if (typeof rain === "number" || typeof snow === "number") return Math.round(((rain ?? 0) + (snow ?? 0)) * 100) / 100;
  return weather?.length && weather.every(({ id }) => id >= 700) ? 0 : undefined;
}

/** From 0 to 1. */
const percent = (share: number | null | undefined): number | undefined =>
  typeof share === "number" ? Math.round(share * 100) : undefined;
