import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { ForecastRow } from "../../domain/outside/forecast.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import { inUnit } from "../../domain/outside/units.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros } from "../../domain/time/time.ts";
import { type Heard, HOUR, hear, issuesOf } from "../slots.ts";
import type { EntityNow, Provider } from "../source.ts";
import { bearingOf } from "./bearing.ts";
import { CONDITIONS } from "./condition.ts";

const settings = v.strictObject({
  entity: v.pipe(
    v.string(),
    v.regex(/^weather\.[a-z0-9_]+$/, "is no weather entity such as weather.forecast_home"),
    v.title("Weather entity"),
    v.description("What an integration of Home Assistant says of the weather, such as weather.forecast_home"),
  ),
});
type Settings = v.InferOutput<typeof settings>;

/** Bits of `supported_features` (Core's WeatherEntityFeature). */
const FORECASTS = { daily: 1, hourly: 2, twice_daily: 4 } as const;

/** `own`: the attribute that names the unit, which the user chooses; null: it is always ours. */
type Named = { readonly name: string; readonly quantity: string; readonly own: string | null; readonly unit: string };
const named = (name: string, quantity: string, own: string | null = null, unit = ""): Named => ({
  ...{ name, quantity, own, unit },
});
const temperature = (name: string, quantity = name) => named(name, quantity, "temperature_unit", "°C");
const speed = (name: string, quantity = name) => named(name, quantity, "wind_speed_unit", "m/s");

const MOMENT: readonly Named[] = [
  temperature("temperature"),
  temperature("apparent_temperature"),
  temperature("dew_point"),
  named("humidity", "humidity"),
  named("pressure", "pressure", "pressure_unit", "hPa"),
  named("cloud_coverage", "cloud_cover"),
  speed("wind_speed"),
  speed("wind_gust_speed", "wind_gust"),
  named("uv_index", "uv_index"),
];
const PRESENT: readonly Named[] = [...MOMENT, named("visibility", "visibility", "visibility_unit", "m")];
const HOURLY: readonly Named[] = [
  ...MOMENT,
  named("precipitation", "precipitation", "precipitation_unit", "mm"),
  named("precipitation_probability", "precipitation_probability"),
];
const DAILY: readonly Named[] = [
  temperature("temperature", "temperature_high"),
  temperature("templow", "temperature_low"),
  named("precipitation", "day_precipitation", "precipitation_unit", "mm"),
  named("precipitation_probability", "day_precipitation_probability"),
  speed("wind_speed", "day_wind_speed"),
  speed("wind_gust_speed", "day_wind_gust"),
  named("uv_index", "day_uv_index"),
];

/** A state that does not change is still so; it is looked at again long before this is over. */
const HOLDS: Micros = HOUR;
/** Two rows that are further apart have a hole between them. */
const LONGEST_SLOT: Micros = 6 * HOUR;

/** The weather that the home knows already: nobody outside is asked for it. */
export const homeAssistantWeather: Provider<Settings, undefined> = {
  id: "home_assistant",
  kind: "weather",
  name: "A weather entity of Home Assistant",
  homepage: "https://www.home-assistant.io/integrations/weather/",
  attribution: "Home Assistant",
  settings,
  worksUnset: false,
  limits: [],
  everyMs: 15 * 60_000,
  tooOldMs: 2 * 3_600_000,
  ofHome: (entities) => {
    const [best] = entities
      .filter(({ entityId, state }) => entityId.startsWith("weather.") && state !== "unavailable")
      .sort((a, b) => tellsAhead(b) - tellsAhead(a) || (a.entityId < b.entityId ? -1 : 1));
    return best && { entity: best.entityId };
  },
  async read({ settings: { entity: id }, entity, forecasts, place, now }) {
    const found = entity(id);
    if (!found)
      throw new Failure("entity_absent", `Home Assistant has no entity ${id}, or it is excluded from recording`, {
        fix: "Choose another entity.",
      });
    if (found.state === "unavailable") throw new Failure("entity_absent", `${id} is unavailable now`, { retry: true });
    const heard: Heard = new Map();
    if (tells(found, "hourly")) hoursOf(await forecasts(id, "hourly"), found, heard);
    if (tells(found, "daily")) daysOf(await forecasts(id, "daily"), found, place.calendar, heard);
    else if (tells(found, "twice_daily")) halfDaysOf(await forecasts(id, "twice_daily"), found, place.calendar, heard);
    // It does not say when its forecast was made.
    return { readings: presentOf(found, now), issues: issuesOf(heard, now, now) };
  },
};

function tells({ attributes: { supported_features: features } }: EntityNow, kind: keyof typeof FORECASTS): boolean {
  return typeof features === "number" && (features & FORECASTS[kind]) !== 0;
}
const tellsAhead = (entity: EntityNow): number => Number(tells(entity, "hourly")) + Number(tells(entity, "daily"));

/** In our unit; undefined: it is no number, or in a unit that has no such number, as Beaufort. */
function amountOf(value: unknown, { own, unit }: Named, { attributes }: EntityNow): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (own === null) return value;
  const said = attributes[own];
  return typeof said === "string" ? inUnit(value, said, unit) : undefined;
}

const conditionOf = (word: unknown): string | undefined => CONDITIONS.find((one) => one === word);
const degreesOf = (bearing: unknown): number | undefined =>
  typeof bearing === "number" ? bearing : typeof bearing === "string" ? bearingOf(bearing) : undefined;

function presentOf(found: EntityNow, now: Micros): OutsideReading[] {
  const held = { time: Math.min(found.time, now), until: now + HOLDS };
  const values: readonly (readonly [string, number | string | undefined])[] = [
    ...PRESENT.map((one) => [one.quantity, amountOf(found.attributes[one.name], one, found)] as const),
    ["wind_bearing", degreesOf(found.attributes.wind_bearing)],
    ["condition", conditionOf(found.state)],
  ];
  return values.flatMap(([quantity, value]) => (value === undefined ? [] : [{ quantity, ...held, value }]));
}

/** A row holds until the next one; the last one, and one before a hole, as long as the one before it. */
function hoursOf(rows: readonly ForecastRow[], found: EntityNow, heard: Heard): void {
  let length: Micros = HOUR;
  for (const [i, row] of rows.entries()) {
    const step = (rows[i + 1]?.time ?? Number.MAX_SAFE_INTEGER) - row.time;
    if (step <= LONGEST_SLOT) length = step;
    const to = row.time + length;
    for (const one of HOURLY) hear(heard, one.quantity, row.time, to, amountOf(row.values[one.name], one, found));
    hear(heard, "wind_bearing", row.time, to, degreesOf(row.windBearing));
    hear(heard, "condition", row.time, to, conditionOf(row.condition));
  }
}

/** A row is of the local day that its time lies in. */
function daysOf(rows: readonly ForecastRow[], found: EntityNow, calendar: Calendar, heard: Heard): void {
  for (const row of rows) {
    const [from, to] = [calendar.startOf("day", row.time), calendar.nextAfter("day", row.time)];
    for (const one of DAILY) hear(heard, one.quantity, from, to, amountOf(row.values[one.name], one, found));
    hear(heard, "day_condition", from, to, conditionOf(row.condition));
  }
}

/**
 * The temperature of a day's half is its highest, that of a night's half the lowest: of the day on which the night ends,
 * since it is coldest before sunrise. Chances and amounts of halves make none of a whole day.
 */
function halfDaysOf(rows: readonly ForecastRow[], found: EntityNow, calendar: Calendar, heard: Heard): void {
  for (const { time, isDaytime, condition, values } of rows) {
    if (isDaytime === null) continue;
    const within = isDaytime ? time : endOfNight(time, calendar);
    const [from, to] = [calendar.startOf("day", within), calendar.nextAfter("day", within)];
    const one = temperature("temperature", isDaytime ? "temperature_high" : "temperature_low");
    hear(heard, one.quantity, from, to, amountOf(values.temperature, one, found));
    if (isDaytime) hear(heard, "day_condition", from, to, conditionOf(condition));
  }
}

/** A night that begins before noon is one that is on already. */
function endOfNight(time: Micros, calendar: Calendar): Micros {
  const noon = calendar.startOf("day", time) + 12 * HOUR;
  return time < noon ? time : calendar.nextAfter("day", time);
}
