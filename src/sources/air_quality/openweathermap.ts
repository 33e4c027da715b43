import * as v from "valibot";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../place.ts";
import { DAY, type Heard, HOUR, hear, issuesOf } from "../slots.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { europeanAqi } from "./indices/european-aqi.ts";
import { usAqi } from "./indices/us-aqi.ts";

const settings = v.strictObject({
  api_key: v.pipe(v.string(), v.minLength(1), v.title("API key"), v.metadata({ secret: true })),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

/** Its names, all in µg/m³. Nitrogen monoxide and ammonia, which it gives too, belong to no index. */
const COMPONENTS: { readonly [name: string]: string } = {
  pm10: "pm10",
  pm2_5: "pm2_5",
  o3: "ozone",
  no2: "nitrogen_dioxide",
  so2: "sulphur_dioxide",
  co: "carbon_monoxide",
};
const number = v.optional(v.nullable(v.pipe(v.number(), v.finite())));
const answerSchema = v.object({
  list: v.array(
    v.object({
      dt: v.pipe(v.number(), v.safeInteger()),
      main: v.optional(v.object({ aqi: number })),
      components: v.optional(v.record(v.string(), number)),
    }),
  ),
});
type Entry = v.InferOutput<typeof answerSchema>["list"][number];

/** When its history begins. */
const FIRST: Micros = Date.UTC(2020, 10, 27) * 1000;

export const openWeatherMapAir: Provider<Settings, undefined> = {
  id: "openweathermap",
  kind: "air_quality",
  name: "OpenWeatherMap",
  homepage: "https://openweathermap.org/api/air-pollution",
  attribution: "Air quality data provided by OpenWeather (TM)",
  terms:
    "Needs an account; a new key works after some hours. Data under CC BY-SA 4.0. The home's place, rounded to a kilometre, is sent to OpenWeather.",
  settings,
  worksUnset: false,
  limits: [{ calls: 60, perMs: 60_000 }],
  everyMs: 60 * 60_000,
  tooOldMs: 4 * 3_600_000,
  unfit: unplaced,
  async read(needs) {
    const { now } = needs;
    const current = await ask(needs, "");
    const forecast = await ask(needs, "/forecast");
    // Indices are averages over up to 24 hours.
    const past = await ask(needs, "/history", { from: now - DAY - HOUR, to: now });
    const heard: Heard = new Map();
    for (const entry of forecast)
      for (const { quantity, time, value } of readingsOf(entry)) hear(heard, quantity, time, time + HOUR, value);
    const readings = [...current.flatMap(readingsOf), ...indicesOf(past, current)];
    return { readings, issues: issuesOf(heard, now, now) };
  },
  async readBetween(needs) {
    const [from, to] = [Math.max(needs.window.from, FIRST), Math.min(needs.window.to, needs.now)];
    if (from >= to) return { readings: [], issues: [] };
    const entries = await ask(needs, "/history", { from, to });
    return { readings: entries.flatMap(readingsOf).filter(({ time }) => time >= from && time < to), issues: [] };
  },
};

async function ask(
  { ask: send, settings: given, place }: ReadNeeds<Settings>,
  what: "" | "/forecast" | "/history",
  window?: Window,
): Promise<readonly Entry[]> {
  const where = whereOf(given, place);
  const query = new URLSearchParams({
    lat: where?.latitude ?? "",
    lon: where?.longitude ?? "",
    ...(window && { start: String(Math.floor(window.from / 1e6)), end: String(Math.floor(window.to / 1e6)) }),
    appid: given.api_key,
  });
  const url = `https://api.openweathermap.org/data/2.5/air_pollution${what}?${query}`;
  return (await send({ url, schema: answerSchema })).list;
}

function readingsOf({ dt, main, components }: Entry): OutsideReading[] {
  const time = dt * 1_000_000;
  const readings: OutsideReading[] = [];
  for (const [name, quantity] of Object.entries(COMPONENTS)) {
    const value = components?.[name];
    // -9999 stands for what it does not know.
    if (typeof value === "number" && value >= 0) readings.push({ quantity, time, value });
  }
  const grade = main?.aqi;
  // A class from 1 to 5, and no number on any other scale.
  if (typeof grade === "number" && grade >= 1 && grade <= 5)
    readings.push({ quantity: "owm_class", time, value: grade });
  return readings;
}

/** Indices of the hour that the present stands in. */
function indicesOf(past: readonly Entry[], current: readonly Entry[]): OutsideReading[] {
  const time = current[0] && current[0].dt * 1_000_000;
  if (time === undefined) return [];
  const hourOf = (at: Micros) => Math.floor(at / HOUR) * HOUR;
  const pollutants: { [quantity: string]: Map<Micros, number> } = {};
  for (const { quantity, time: at, value } of [...past, ...current].flatMap(readingsOf)) {
    if (typeof value !== "number") continue;
    pollutants[quantity] ??= new Map();
    pollutants[quantity].set(hourOf(at), value);
  }
  const readings: OutsideReading[] = [];
  const us = usAqi(pollutants, hourOf(time));
  if (us) {
    readings.push({ quantity: "us_aqi", time, value: us.value });
    readings.push({ quantity: "dominant_pollutant", time, value: us.pollutant });
  }
  const european = europeanAqi(pollutants, hourOf(time));
  if (european) readings.push({ quantity: "european_aqi", time, value: european.value });
  return readings;
}
