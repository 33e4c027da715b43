import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { Issue, OutsideReading } from "../../../domain/outside/outside.ts";
import type { Calendar } from "../../../domain/time/calendar.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { PLACE_ENTRIES, unplaced, whereOf } from "../../place.ts";
import { type Heard, HOUR, hear, issuesOf } from "../../slots.ts";
import type { Provider, ReadNeeds } from "../../source.ts";
import { bearingOf } from "../bearing.ts";
import {
  amountOf,
  degreesOf,
  type Forecast,
  forecastSchema,
  HOST,
  type Observation,
  observationSchema,
  pointSchema,
  speedOf,
  stationsSchema,
} from "./answers.ts";
import { conditionOfIcon } from "./icons.ts";

const settings = v.strictObject({
  station: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Z0-9]{3,10}$/, "is no station such as KDCA"),
      v.title("Station"),
      v.description("Where the present is measured, such as KDCA; empty: the nearest that reports"),
    ),
  ),
  ...PLACE_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

/** The United States and their territories. */
const COUNTRIES = ["US", "PR", "VI", "GU", "AS", "MP", "UM"];
/** Stations are silent now and then. */
const MOST_STATIONS = 3;
/** An older observation is none of now. */
const OBSERVED_HOLDS: Micros = 2 * HOUR;

export const nws: Provider<Settings, undefined> = {
  id: "nws",
  kind: "weather",
  name: "National Weather Service",
  homepage: "https://www.weather.gov",
  attribution: "Weather data by the U.S. National Weather Service",
  terms: "For the United States; public domain. The home's place, rounded to a kilometre, is sent to the NWS.",
  settings,
  worksUnset: true,
  // It names none; up to six calls a read.
  limits: [],
  everyMs: 30 * 60_000,
  tooOldMs: 3 * 3_600_000,
  unfit: (given, place) => {
    const abroad = given.latitude === undefined && place.country !== null && !COUNTRIES.includes(place.country);
    if (!abroad) return unplaced(given, place);
    return {
      why: "The National Weather Service knows the United States alone",
      fix: "Choose another provider, or give the latitude and longitude of a place there.",
    };
  },
  async read(needs) {
    const { ask, place, now } = needs;
    const { properties: links } = await ask({
      url: `${HOST}/points/${pointOf(needs)}`,
      schema: pointSchema,
      onStatus: (status) => {
        if (status !== 404) return undefined;
        throw new Failure("nothing_known", "The National Weather Service has no forecast for this place", {
          fix: "It knows places on land in the United States. Choose another provider for others.",
        });
      },
    });
    const hours = await ask({ url: `${links.forecastHourly}?units=si`, schema: forecastSchema });
    const halfDays = await ask({ url: `${links.forecast}?units=si`, schema: forecastSchema });
    const observed = await observationOf(needs, links.observationStations);
    return {
      readings: observed ? readingsOf(observed) : [],
      issues: [...hoursOf(hours.properties, now), ...halfDaysOf(halfDays.properties, place.calendar, now)],
    };
  },
};

/** A zero at the end of a coordinate is sent on to another address. */
const pointOf = ({ settings: given, place }: ReadNeeds<Settings>): string => {
  const where = whereOf(given, place);
  return `${Number(where?.latitude)},${Number(where?.longitude)}`;
};

/** Of the nearest station that tells the temperature of now; else of the nearest that tells anything. */
async function observationOf(needs: ReadNeeds<Settings>, stations: string): Promise<Observation | undefined> {
  const { ask, settings: given, now } = needs;
  const ids =
    given.station === undefined
      ? (await ask({ url: `${stations}?limit=${MOST_STATIONS}`, schema: stationsSchema })).features
          .slice(0, MOST_STATIONS)
          .map(({ properties }) => properties.stationIdentifier)
      : [given.station];
  let any: Observation | undefined;
  for (const id of ids) {
    const { properties } = await ask({
      url: `${HOST}/stations/${id}/observations/latest`,
      schema: observationSchema,
      onStatus: (status) => (status === 404 ? SILENT : undefined),
    });
    if (properties.timestamp < now - OBSERVED_HOLDS) continue;
    if (amountOf(properties.temperature, "°C") !== undefined) return properties;
    any ??= properties;
  }
  return any;
}
const SILENT: { properties: Observation } = { properties: { timestamp: 0 } };

function readingsOf(told: Observation): OutsideReading[] {
  const { timestamp: time } = told;
  const values: readonly (readonly [string, number | string | undefined])[] = [
    ["temperature", amountOf(told.temperature, "°C")],
    // The one is told where it is hot, the other where it is cold.
    ["apparent_temperature", amountOf(told.heatIndex, "°C") ?? amountOf(told.windChill, "°C")],
    ["dew_point", amountOf(told.dewpoint, "°C")],
    ["humidity", amountOf(told.relativeHumidity, "%")],
    ["pressure", amountOf(told.seaLevelPressure, "hPa")],
    ["visibility", amountOf(told.visibility, "m")],
    ["wind_speed", amountOf(told.windSpeed, "m/s")],
    ["wind_gust", amountOf(told.windGust, "m/s")],
    ["wind_bearing", amountOf(told.windDirection, "°")],
    ["condition", conditionOfIcon(told.icon)],
  ];
  const readings: OutsideReading[] = values.flatMap(([quantity, value]) =>
    value === undefined ? [] : [{ quantity, time, value }],
  );
  const fallen = amountOf(told.precipitationLastHour, "mm");
  if (fallen !== undefined) readings.push({ quantity: "precipitation", time: time - HOUR, until: time, value: fallen });
  return readings;
}

function hoursOf({ updateTime, periods }: Forecast, now: Micros): Issue[] {
  const heard: Heard = new Map();
  for (const period of periods) {
    const { startTime: from, endTime: to } = period;
    hear(heard, "temperature", from, to, degreesOf(period));
    hear(heard, "dew_point", from, to, amountOf(period.dewpoint, "°C"));
    hear(heard, "humidity", from, to, amountOf(period.relativeHumidity, "%"));
    hear(heard, "wind_speed", from, to, speedOf(period.windSpeed));
    hear(heard, "wind_bearing", from, to, bearingOf(period.windDirection ?? ""));
    hear(heard, "precipitation_probability", from, to, amountOf(period.probabilityOfPrecipitation, "%"));
    hear(heard, "condition", from, to, conditionOfIcon(period.icon));
  }
  return issuesOf(heard, updateTime ?? now, now);
}

/** The night's lowest is that of the day on which it ends: it is coldest before sunrise. */
function halfDaysOf({ updateTime, periods }: Forecast, calendar: Calendar, now: Micros): Issue[] {
  const heard: Heard = new Map();
  for (const period of periods) {
    const { startTime, endTime, isDaytime } = period;
    if (typeof isDaytime !== "boolean") continue;
    const within = isDaytime ? startTime : endTime - 1;
    const [from, to] = [calendar.startOf("day", within), calendar.nextAfter("day", within)];
    hear(heard, isDaytime ? "temperature_high" : "temperature_low", from, to, degreesOf(period));
    if (isDaytime) hear(heard, "day_condition", from, to, conditionOfIcon(period.icon));
  }
  return issuesOf(heard, updateTime ?? now, now);
}
