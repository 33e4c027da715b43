import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import type { ForecastKind, ForecastRow } from "../../domain/outside/forecast.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import type { EntityNow } from "../source.ts";
import { bearingOf } from "./bearing.ts";
import { homeAssistantWeather } from "./home-assistant.ts";

const at = (text: string) => microsFromRfc3339(text) as number;
const NOW = "2026-11-26T19:10:00Z";
const METRIC = {
  temperature_unit: "°C",
  pressure_unit: "hPa",
  wind_speed_unit: "km/h",
  visibility_unit: "km",
  precipitation_unit: "mm",
};
const CUSTOMARY = {
  temperature_unit: "°F",
  pressure_unit: "inHg",
  wind_speed_unit: "mph",
  visibility_unit: "mi",
  precipitation_unit: "in",
};
const weather = (attributes: object, state = "rainy"): EntityNow => ({
  entityId: "weather.home",
  state,
  attributes: { ...METRIC, ...attributes },
  time: at("2026-11-26T19:00:00Z"),
});
const row = (time: string, more: Partial<ForecastRow> = {}): ForecastRow => ({
  ...{ time: at(time), isDaytime: null, condition: null, windBearing: null, values: {} },
  ...more,
});
type Rows = { readonly [kind in ForecastKind]?: readonly ForecastRow[] };

async function read(entity: EntityNow | undefined, rows: Rows = {}) {
  const kinds: ForecastKind[] = [];
  const needs = asked(() => assert.fail("nobody outside is asked"), {
    settings: v.parse(homeAssistantWeather.settings, { entity: "weather.home" }),
    now: NOW,
    place: { timeZone: "Europe/Amsterdam" },
    entities: entity ? [entity] : [],
    forecasts: (_, kind) => {
      kinds.push(kind);
      return rows[kind] ?? [];
    },
  });
  return { ...told(await homeAssistantWeather.read(needs)), kinds };
}

test("the present is that of the entity, in whatever units the home shows it", async () => {
  const held = ["2026-11-26T19:00:00Z", "2026-11-26T20:10:00Z"] as const;
  const metric = await read(
    weather({
      ...{ temperature: 0, apparent_temperature: -3.5, dew_point: -1.2, humidity: 92, cloud_coverage: 75 },
      ...{ pressure: 1013.2, wind_speed: 36, wind_gust_speed: 54, wind_bearing: 225.5, visibility: 9.5, uv_index: 0 },
    }),
  );
  assert.deepEqual(metric.readings, {
    temperature: [[...held, 0]],
    apparent_temperature: [[...held, -3.5]],
    dew_point: [[...held, -1.2]],
    humidity: [[...held, 92]],
    pressure: [[...held, 1013.2]],
    cloud_cover: [[...held, 75]],
    wind_speed: [[...held, 10]],
    wind_gust: [[...held, 15]],
    uv_index: [[...held, 0]],
    visibility: [[...held, 9500]],
    wind_bearing: [[...held, 225.5]],
    condition: [[...held, "rainy"]],
  });
  const customary = await read(
    weather({ ...CUSTOMARY, temperature: 50, pressure: 29.92, wind_speed: 10, visibility: 10, wind_bearing: "NW" }),
  );
  assert.deepEqual(customary.readings, {
    temperature: [[...held, 10]],
    pressure: [[...held, 1013.2075]],
    wind_speed: [[...held, 4.4704]],
    visibility: [[...held, 16093.44]],
    wind_bearing: [[...held, 315]],
    condition: [[...held, "rainy"]],
  });
});

test("what is no number, has no unit that is known, or is no condition is left out", async () => {
  const found = await read(
    weather(
      {
        temperature: "21",
        humidity: null,
        wind_speed: 4,
        wind_speed_unit: "Beaufort",
        pressure: 1000,
        pressure_unit: 5,
      },
      "mild",
    ),
  );
  assert.deepEqual(found.readings, {});
});

test("hours last until the next one, the last as long as the one before, and a hole is not filled", async () => {
  const values = { temperature: 41, precipitation: 0.5, precipitation_probability: 60, wind_speed: 10, templow: 32 };
  const { issues, kinds } = await read(weather({ ...CUSTOMARY, supported_features: 2 }), {
    hourly: [
      row("2026-11-26T18:00:00Z", { values }),
      row("2026-11-26T19:00:00Z", { values, condition: "snowy", windBearing: "SSW" }),
      row("2026-11-26T20:00:00Z", { values: { temperature: 32 } }),
      row("2026-11-27T08:00:00Z", { values: { temperature: 50 } }),
    ],
  });
  assert.deepEqual(kinds, ["hourly"]);
  const now = ["2026-11-26T19:00:00Z", "2026-11-26T20:00:00Z"];
  assert.deepEqual(issues, {
    temperature: [
      [...now, 5],
      ["2026-11-26T20:00:00Z", "2026-11-26T21:00:00Z", 0],
      ["2026-11-27T08:00:00Z", "2026-11-27T09:00:00Z", 10],
    ],
    wind_speed: [[...now, 4.4704]],
    precipitation: [[...now, 12.7]],
    precipitation_probability: [[...now, 60]],
    wind_bearing: [[...now, 202.5]],
    condition: [[...now, "snowy"]],
  });
});

test("a day's row is of the local day, wherever in it the integration puts its time", async () => {
  const values = { temperature: 8, templow: -1, precipitation: 0, precipitation_probability: 10, wind_speed: 18 };
  const day = ["2026-11-26T23:00:00Z", "2026-11-27T23:00:00Z"];
  for (const time of ["2026-11-26T23:00:00Z", "2026-11-27T11:00:00Z", "2026-11-27T22:59:00Z"]) {
    const { issues, kinds } = await read(weather({ supported_features: 1 + 4 }), {
      daily: [row(time, { values, condition: "sunny" })],
    });
    assert.deepEqual(kinds, ["daily"], "halves of days are not asked for where there are days");
    assert.deepEqual(issues, {
      temperature_high: [[...day, 8]],
      temperature_low: [[...day, -1]],
      day_precipitation: [[...day, 0]],
      day_precipitation_probability: [[...day, 10]],
      day_wind_speed: [[...day, 5]],
      day_condition: [[...day, "sunny"]],
    });
  }
});

test("of halves of days the night's temperature is the lowest of the day on which it ends", async () => {
  const half = (time: string, isDaytime: boolean | null, temperature: number, condition = "cloudy") =>
    row(time, { isDaytime, condition, values: { temperature, precipitation_probability: 50 } });
  const { issues, kinds } = await read(weather({ supported_features: 4 }), {
    twice_daily: [
      // A night that is on already ends today.
      half("2026-11-26T02:00:00+01:00", false, 3),
      half("2026-11-26T18:00:00+01:00", false, 2),
      half("2026-11-27T06:00:00+01:00", true, 7, "sunny"),
      half("2026-11-27T18:00:00+01:00", false, 1),
      half("2026-11-28T06:00:00+01:00", null, 9),
    ],
  });
  assert.deepEqual(kinds, ["twice_daily"]);
  const [first, second] = [
    ["2026-11-26T23:00:00Z", "2026-11-27T23:00:00Z"],
    ["2026-11-27T23:00:00Z", "2026-11-28T23:00:00Z"],
  ] as const;
  assert.deepEqual(issues, {
    temperature_low: [
      ["2026-11-25T23:00:00Z", "2026-11-26T23:00:00Z", 3],
      [...first, 2],
      [...second, 1],
    ],
    temperature_high: [[...first, 7]],
    day_condition: [[...first, "sunny"]],
  });
});

test("an entity without forecasts is asked for none; one that is not there or unavailable says so", async () => {
  const { kinds, issues, readings } = await read(weather({ temperature: 4, supported_features: 0 }));
  assert.deepEqual([kinds, issues, Object.keys(readings)], [[], {}, ["temperature", "condition"]]);
  const failsAs = (words: RegExp) => (error: unknown) =>
    error instanceof Failure && error.code === "entity_absent" && words.test(error.message);
  await assert.rejects(read(undefined), failsAs(/no entity weather\.home, or it is excluded/));
  await assert.rejects(read(weather({ temperature: 4 }, "unavailable")), failsAs(/unavailable/));
});

test("of several weather entities the one that tells most of the times to come is proposed", () => {
  const of = (entityId: string, supported_features: number, state = "sunny"): EntityNow => ({
    ...weather({ supported_features }, state),
    entityId,
  });
  const found = [of("weather.a", 0), of("weather.z", 3), of("weather.m", 3), of("weather.b", 3, "unavailable")];
  assert.deepEqual(homeAssistantWeather.ofHome?.([...found, { ...of("sensor.a", 3) }]), { entity: "weather.m" });
  assert.deepEqual(homeAssistantWeather.ofHome?.([of("weather.a", 0)]), { entity: "weather.a" });
  assert.equal(homeAssistantWeather.ofHome?.([of("sensor.a", 3)]), undefined);
});

test("points of the compass are degrees, and other words none", () => {
  assert.deepEqual(["N", "NNE", " sw ", "NNW", "VRB", ""].map(bearingOf), [0, 22.5, 225, 337.5, undefined, undefined]);
});
