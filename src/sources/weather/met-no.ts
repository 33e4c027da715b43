import * as v from "valibot";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import { inUnit } from "../../domain/outside/units.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../place.ts";
import { type Heard, HOUR, hear, issuesOf } from "../slots.ts";
import type { Provider } from "../source.ts";
import { conditionOfSymbol } from "./condition.ts";

const settings = v.strictObject(PLACE_ENTRIES);
type Settings = v.InferOutput<typeof settings>;

const number = v.optional(v.nullable(v.pipe(v.number(), v.finite())));
const time = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const micros = microsFromRfc3339(dataset.value);
    if (micros !== undefined) return micros;
    addIssue({ message: "no time" });
    return NEVER;
  }),
);
const period = v.optional(
  v.object({
    summary: v.optional(v.object({ symbol_code: v.optional(v.string()) })),
    details: v.optional(v.object({ precipitation_amount: number, probability_of_precipitation: number })),
  }),
);
const answerSchema = v.object({
  properties: v.object({
    meta: v.object({ updated_at: time, units: v.record(v.string(), v.string()) }),
    timeseries: v.pipe(
      v.array(
        v.object({
          time,
          data: v.object({
            instant: v.object({ details: v.record(v.string(), number) }),
            next_1_hours: period,
            next_6_hours: period,
          }),
        }),
      ),
      v.minLength(1, "no time in it"),
    ),
  }),
});
type Answer = v.InferOutput<typeof answerSchema>;
type Step = Answer["properties"]["timeseries"][number];

/** Its words for units, where they are not ours. */
const UNITS: { readonly [word: string]: string } = { celsius: "°C", degrees: "°" };
const INSTANT: readonly { readonly name: string; readonly quantity: string; readonly unit: string }[] = [
  { name: "air_temperature", quantity: "temperature", unit: "°C" },
  { name: "dew_point_temperature", quantity: "dew_point", unit: "°C" },
  { name: "relative_humidity", quantity: "humidity", unit: "%" },
  { name: "air_pressure_at_sea_level", quantity: "pressure", unit: "hPa" },
  { name: "cloud_area_fraction", quantity: "cloud_cover", unit: "%" },
  { name: "wind_speed", quantity: "wind_speed", unit: "m/s" },
  { name: "wind_speed_of_gust", quantity: "wind_gust", unit: "m/s" },
  { name: "wind_from_direction", quantity: "wind_bearing", unit: "°" },
];

export const metNo: Provider<Settings, undefined> = {
  id: "met_no",
  kind: "weather",
  name: "MET Norway",
  homepage: "https://api.met.no",
  attribution: "Weather data by the Norwegian Meteorological Institute (MET Norway)",
  terms: "Free; data under CC BY 4.0. The home's place, rounded to a kilometre, is sent to MET Norway.",
  settings,
  worksUnset: true,
  limits: [{ calls: 20, perMs: 1_000 }],
  // Its answers name a time before which it wants no other question: about half an hour.
  everyMs: 60 * 60_000,
  tooOldMs: 3 * 3_600_000,
  unfit: unplaced,
  async read({ ask, settings: given, place, now }) {
    const where = whereOf(given, place);
    const query = new URLSearchParams({ lat: where?.latitude ?? "", lon: where?.longitude ?? "" });
    if (typeof where?.elevation === "number") query.set("altitude", String(where.elevation));
    const answer = await ask({
      url: `https://api.met.no/weatherapi/locationforecast/2.0/complete?${query}`,
      schema: answerSchema,
    });
    return { readings: present(answer, now), issues: forecasts(answer, place.calendar, now) };
  },
};

/** A value of the moment that a step names, in our unit. */
function amountOf(step: Step, { name, unit }: (typeof INSTANT)[number], units: { readonly [name: string]: string }) {
  const value = step.data.instant.details[name];
  const said = units[name];
  if (value === undefined || value === null || said === undefined) return undefined;
  return inUnit(value, UNITS[said] ?? said, unit);
}

/** It measures nothing: the present is what it said of the hour that is on. */
function present(answer: Answer, now: Micros): OutsideReading[] {
  const { timeseries, meta } = answer.properties;
  const step = timeseries.findLast(({ time }) => time <= now);
  if (!step || now - step.time >= HOUR) return [];
  const readings: OutsideReading[] = [];
  for (const one of INSTANT) {
    const value = amountOf(step, one, meta.units);
    if (value !== undefined) readings.push({ quantity: one.quantity, time: step.time, value });
  }
  const condition = conditionOf(step.data.next_1_hours);
  if (condition !== undefined) readings.push({ quantity: "condition", time: step.time, value: condition });
  return readings;
}

const conditionOf = (of: Step["data"]["next_1_hours"]): string | undefined => {
  const symbol = of?.summary?.symbol_code;
  return symbol === undefined ? undefined : conditionOfSymbol(symbol);
};

function forecasts(answer: Answer, calendar: Calendar, now: Micros) {
  const { timeseries, meta } = answer.properties;
  const heard: Heard = new Map();
  timeseries.forEach((step, at) => {
    const { data, time: from } = step;
    const next = timeseries[at + 1]?.time ?? Number.MAX_SAFE_INTEGER;
    // Steps are of an hour at first and of six hours later on; the last one does not say.
    const end = from + (data.next_1_hours ? HOUR : data.next_6_hours ? 6 * HOUR : 0);
    for (const one of INSTANT) hear(heard, one.quantity, from, Math.min(end, next), amountOf(step, one, meta.units));
    if (end > next) return;
    const of = data.next_1_hours ?? data.next_6_hours;
    const amount = of?.details?.precipitation_amount;
    if (meta.units.precipitation_amount === "mm") hear(heard, "precipitation", from, end, amount);
    hear(heard, "precipitation_probability", from, end, of?.details?.probability_of_precipitation);
    hear(heard, "condition", from, end, conditionOf(of));
  });
  daysOf(heard, calendar, now);
  return issuesOf(heard, meta.updated_at, now);
}

/** It tells no days. Of one whose every hour it tells, the highest, the lowest and the sum follow. */
function daysOf(heard: Heard, calendar: Calendar, now: Micros): void {
  const whole = (quantity: string): Map<Micros, { to: Micros; values: number[] }> => {
    const days = new Map<Micros, { to: Micros; values: number[] }>();
    for (const { from, to, value } of heard.get(quantity) ?? []) {
      if (to - from !== HOUR || typeof value !== "number") continue;
      const day = calendar.startOf("day", from);
      const known = days.get(day) ?? { to: calendar.nextAfter("day", from), values: [] };
      known.values.push(value);
      days.set(day, known);
    }
    for (const [from, { to, values }] of days) if (to <= now || values.length * HOUR !== to - from) days.delete(from);
    return days;
  };
  for (const [from, { to, values }] of whole("temperature")) {
    hear(heard, "temperature_high", from, to, Math.max(...values));
    hear(heard, "temperature_low", from, to, Math.min(...values));
  }
  for (const [from, { to, values }] of whole("precipitation")) {
    const sum = values.reduce((all, one) => all + one, 0);
    hear(heard, "day_precipitation", from, to, Math.round(sum * 100) / 100);
  }
}
