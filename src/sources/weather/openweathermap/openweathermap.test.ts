import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { testCases } from "../../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { openWeatherMap } from "./openweathermap.ts";

const MUNICH = "openweathermap/current25_munich_two_conditions.json";
const NEW_YORK = "openweathermap/onecall30_newyork.json";
const NO_FORECAST = '{"list":[]}';
const free = { api_key: "k", plan: "free" } as const;
const oneCall = { api_key: "k", plan: "one_call" } as const;

const readMunich = (text: string) =>
  openWeatherMap.read(
    asked(({ at }) => (at.pathname.endsWith("forecast") ? NO_FORECAST : text), {
      settings: free,
      now: "2019-01-13T14:00:00Z",
    }),
  );
const readNewYork = (text: string) =>
  openWeatherMap.read(asked(() => text, { settings: oneCall, now: "2026-02-06T21:50:00Z" }));

testCases(join(import.meta.dirname, "../cases"), openWeatherMap);

test("of two conditions the first counts, and rain without an amount is no 0 mm", {
  skip: recordedAreAbsent,
}, async () => {
  const { readings, issues } = told(await readMunich(recorded(MUNICH)));
  const time = "2019-01-13T13:50:00Z";
  assert.deepEqual(readings, {
    temperature: [[time, 1.49]],
    humidity: [[time, 93.7]],
    pressure: [[time, 1005]],
    cloud_cover: [[time, 75]],
    visibility: [[time, 7000]],
    wind_speed: [[time, 11.8]],
    wind_bearing: [[time, 250]],
    condition: [[time, "snowy-rainy"]],
  });
  assert.deepEqual(issues, {});
});

test("a recorded One Call answer: the present, hours and days of its own time zone", {
  skip: recordedAreAbsent,
}, async () => {
  const { readings, issues } = told(await readNewYork(recorded(NEW_YORK)));
  const time = "2026-02-06T21:44:57Z";
  assert.deepEqual(readings.temperature, [[time, -0.27]]);
  assert.deepEqual(readings.dew_point, [[time, -7.54]]);
  assert.deepEqual(readings.uv_index, [[time, 0]]);
  assert.deepEqual(readings.condition, [[time, "cloudy"]]);
  assert.deepEqual(readings.precipitation, [["2026-02-06T20:44:57Z", time, 0]]);
  const hour = ["2026-02-07T00:00:00Z", "2026-02-07T01:00:00Z"];
  assert.deepEqual(issues.precipitation?.[3], [...hour, 0.13]);
  assert.deepEqual(issues.precipitation_probability?.[3], [...hour, 20]);
  assert.deepEqual(issues.wind_gust?.[3], [...hour, 6.25]);
  const day = ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z"];
  assert.deepEqual(issues.temperature_high?.[1], [...day, -3.78]);
  assert.deepEqual(issues.temperature_low?.[1], [...day, -14.31]);
  assert.deepEqual(issues.day_precipitation?.[1], [...day, 0.14]);
  assert.deepEqual(issues.day_condition?.[1], [...day, "snowy"]);
});

test("whatever is missing or wrong in recorded answers, nothing is made up", { skip: recordedAreAbsent }, async () => {
  const one = await nothingIsMadeUp(recorded(MUNICH), readMunich, ["condition", "precipitation"]);
  const many = await nothingIsMadeUp(recorded(NEW_YORK), readNewYork, [
    "condition",
    "day_condition",
    "precipitation",
    "day_precipitation",
  ]);
  assert.ok(one.refused > 20 && many.refused > 100, JSON.stringify([one, many]));
});

test("a key that is not accepted says that new keys take hours and One Call a subscription", async () => {
  const needs = asked(() => ({ status: 401, text: '{"cod":401,"message":"Invalid API key"}' }), {
    settings: oneCall,
    now: "2026-11-26T00:00:00Z",
  });
  await assert.rejects(
    openWeatherMap.read(needs),
    (error) => error instanceof Failure && error.code === "refused" && /hours.*subscription/.test(error.fix ?? ""),
  );
});

test("a blocked account is a limit, whatever type its code has", { skip: recordedAreAbsent }, async () => {
  const needs = asked(() => ({ status: 429, text: recorded("openweathermap/error_429_blocked.json") }), {
    settings: free,
    now: "2026-11-26T00:00:00Z",
  });
  await assert.rejects(openWeatherMap.read(needs), (error) => error instanceof Failure && error.code === "limited");
});
