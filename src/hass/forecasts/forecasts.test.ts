import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import type { Command } from "../session/session.ts";
import { createHomeForecasts } from "./forecasts.ts";

const at = (text: string) => microsFromRfc3339(text) as number;
const forecast = [
  {
    datetime: "2026-11-26T18:00:00+01:00",
    condition: "rainy",
    temperature: 4.2,
    templow: null,
    precipitation: 0,
    wind_bearing: "NW",
    uv_index: "much",
    is_daytime: false,
  },
  { datetime: "2026-11-26T15:00:00Z", temperature: null, wind_bearing: 270.5 },
];
const answering = (answer: unknown, connected = true) => {
  const asked: Command[] = [];
  const forecasts = createHomeForecasts({
    connected: () => connected,
    call: async (command) => {
      asked.push(command);
      return answer;
    },
  });
  return { forecasts, asked };
};
const failsAs = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof Failure && error.code === code && words.test(error.message);

test("forecasts are asked for by the action that answers, and come in order of time without what is not said", async () => {
  const { forecasts, asked } = answering({ context: {}, response: { "weather.home": { forecast } } });
  assert.deepEqual(await forecasts("weather.home", "hourly"), [
    { time: at("2026-11-26T15:00:00Z"), isDaytime: null, condition: null, windBearing: 270.5, values: {} },
    {
      time: at("2026-11-26T17:00:00Z"),
      isDaytime: false,
      condition: "rainy",
      windBearing: "NW",
      // 0 is a value; a word in a number's place costs that number alone.
      values: { temperature: 4.2, precipitation: 0 },
    },
  ]);
  assert.deepEqual(asked, [
    {
      type: "call_service",
      domain: "weather",
      service: "get_forecasts",
      target: { entity_id: "weather.home" },
      service_data: { type: "hourly" },
      return_response: true,
    },
  ]);
});

test("while Home Assistant is not connected nobody is asked, and the failure says so", async () => {
  const { forecasts, asked } = answering({}, false);
  await assert.rejects(forecasts("weather.home", "daily"), failsAs("not_connected", /not connected/));
  assert.deepEqual(asked, []);
});

test("an entity that Home Assistant answers nothing for has no forecast", async () => {
  for (const response of [{}, null, undefined, { "weather.other": { forecast: [] } }])
    await assert.rejects(
      answering({ context: {}, response }).forecasts("weather.home", "daily"),
      failsAs("entity_absent", /weather\.home/),
    );
});

test("what Home Assistant refuses is said in its own words; a connection that ends is not its refusal", async () => {
  const failing = (failure: Failure) =>
    createHomeForecasts({ connected: () => true, call: () => Promise.reject(failure) });
  const cause = { code: "home_assistant_error", message: "it did not match any entities" };
  await assert.rejects(
    failing(new Failure("command_refused", "no", { cause }))("weather.home", "daily"),
    failsAs("entity_absent", /no daily forecast of weather\.home: it did not match any entities/),
  );
  await assert.rejects(
    failing(new Failure("connection_lost", "the connection ended"))("weather.home", "daily"),
    failsAs("connection_lost", /ended/),
  );
});

test("another shape names the path, and a time without its zone is no time", async () => {
  const shapes: readonly (readonly [response: unknown, path: RegExp])[] = [
    ["text", /response/],
    [{ "weather.home": {} }, /forecast/],
    [{ "weather.home": { forecast: [{ temperature: 1 }] } }, /forecast\.0\.datetime/],
    [{ "weather.home": { forecast: [{ datetime: "2026-11-26T15:00:00" }] } }, /zone/],
  ];
  for (const [response, path] of shapes)
    await assert.rejects(
      answering({ context: {}, response }).forecasts("weather.home", "daily"),
      failsAs("changed_shape", path),
    );
});
