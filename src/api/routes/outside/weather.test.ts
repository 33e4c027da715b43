import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { noSocket } from "../../../../tests/support/outside/asked.ts";
import { createTestClock, TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { openDatabase } from "../../../database/open.ts";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { ScoreAnswer } from "../../../history/forecasts/shapes.ts";
import { silentLog } from "../../../platform/told/log.ts";
import { createMask } from "../../../platform/told/mask.ts";
import { createStatusBoard } from "../../../platform/told/status-board.ts";
import { PROVIDERS } from "../../../sources/providers.ts";
import { createSources } from "../../../sources/registry.ts";
import type { ForecastShape, OutsideNowShape } from "../../shapes/outside/present.ts";

const HOUR = 3_600_000_000;
const THIS_HOUR = Math.floor(TEST_TIME / HOUR) * HOUR;
const seconds = (hours: number) => (THIS_HOUR + hours * HOUR) / 1e6;
const time = (hours: number) => microsToRfc3339(THIS_HOUR + hours * HOUR);

const WEATHER = {
  utc_offset_seconds: 0,
  current_units: { temperature_2m: "°C", wind_speed_10m: "m/s" },
  current: { time: seconds(0.5), interval: 900, temperature_2m: -1.4, wind_speed_10m: 3.2, weather_code: 0, is_day: 0 },
  hourly_units: { temperature_2m: "°C", precipitation: "mm" },
  hourly: { time: [0, 1, 2].map(seconds), temperature_2m: [-1, -2, null], precipitation: [0.2, 0, 0.4] },
  daily_units: { temperature_2m_max: "°C" },
  daily: { time: [seconds(-17)], temperature_2m_max: [4] },
};
const AIR = {
  utc_offset_seconds: 0,
  current_units: { pm2_5: "μg/m³", us_aqi: "USAQI" },
  current: { time: seconds(0), interval: 3600, pm2_5: 8.1, us_aqi: 45, us_aqi_pm2_5: 45 },
};

const folder = mkdtempSync(join(tmpdir(), "weather-"));
const clock = createTestClock();
const database = openDatabase({ folder, clock, log: silentLog });
const sources = createSources({
  providers: PROVIDERS,
  book: database.sources,
  http: async ({ url }) => ({
    status: 200,
    headers: {},
    text: JSON.stringify(new URL(url).host.startsWith("air-") ? AIR : WEATHER),
  }),
  socket: noSocket,
  userAgent: "HA-Ingestor/test (+https://example.org)",
  mask: createMask(),
  status: createStatusBoard({ clock }),
  place: () => ({
    known: true,
    place: {
      ...{ latitude: 52.37, longitude: 4.89, elevation: 12, currency: "EUR", country: "NL", language: "en" },
      calendar: createCalendar("UTC"),
    },
  }),
  entity: () => undefined,
  calendars: async () => [],
  forecasts: async () => [],
  homeEntities: () => [],
  record: async () => {},
  latest: () => undefined,
  clock,
  random: () => 0.5,
  log: silentLog,
});
const hub = startTestHub({ sources });
after(async () => {
  await hub.close();
  await sources.close();
  database.close();
  rmSync(folder, { recursive: true });
});
const ask = async <T>(path: string, status = 200): Promise<T> => {
  const answer = await hub.ask(`/api/v1${path}`);
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text) as T;
};

test("while no source is set up the answer says so and how to set one up", async () => {
  const problem = await ask<{ code: string; detail: string; fix: string }>("/weather", 404);
  assert.equal(problem.code, "not_found");
  assert.match(problem.detail, /No source of weather is set up/);
  assert.match(problem.fix, /POST api\/v1\/sources/);
});

test("the weather now is what the source says, with its unit, its time and whom to thank", async () => {
  const provider = { provider: "open_meteo", settings: {} };
  await sources.add({ id: "weather", kind: "weather", name: "Weather", enabled: true, providers: [provider] });
  await sources.refresh("weather");
  const { values, ...said } = await ask<OutsideNowShape>("/weather");
  assert.deepEqual(said, {
    source: "weather",
    name: "Weather",
    provider: "open_meteo",
    attribution: "Weather data by Open-Meteo.com",
    state: "ok",
    fetched: microsToRfc3339(TEST_TIME),
  });
  assert.deepEqual(values.temperature, { value: -1.4, unit: "°C", time: time(0.5) });
  assert.deepEqual(values.condition, { value: "clear-night", unit: null, time: time(0.5) });
  assert.deepEqual(values.precipitation, { value: 0.2, unit: "mm", time: time(-1) });
  assert.equal(values.humidity, undefined);
});

test("the forecast comes by slots and days, without what is not known, as far ahead as is asked", async () => {
  const all = await ask<ForecastShape>("/weather/forecast");
  assert.deepEqual(all.slots, [
    { from: time(0), to: time(1), values: { temperature: -1, precipitation: 0 } },
    { from: time(1), to: time(2), values: { temperature: -2, precipitation: 0.4 } },
  ]);
  assert.deepEqual(all.days, [{ from: time(-17), to: time(7), values: { temperature_high: 4 } }]);
  assert.deepEqual(all.units, { temperature: "°C", precipitation: "mm", temperature_high: "°C" });
  const near = await ask<ForecastShape>("/weather/forecast?hours=1&quantity=temperature");
  assert.deepEqual(
    near.slots.map(({ values }) => values),
    [{ temperature: -1 }, { temperature: -2 }],
  );
  assert.deepEqual(near.days, []);
});

test("the air now is concentrations and indices, each what it is", async () => {
  const provider = { provider: "open_meteo", settings: {} };
  await sources.add({ id: "air", kind: "air_quality", name: "Air", enabled: true, providers: [provider] });
  await sources.refresh("air");
  const { values } = await ask<OutsideNowShape>("/air-quality");
  assert.deepEqual(
    Object.fromEntries(Object.entries(values).map(([quantity, { value, unit }]) => [quantity, [value, unit]])),
    { pm2_5: [8.1, "µg/m³"], us_aqi: [45, null], dominant_pollutant: ["pm2_5", null] },
  );
  await ask("/air-quality/forecast");
});

test("another source, an unknown quantity and a source of another kind are named", async () => {
  assert.equal((await ask<OutsideNowShape>("/weather?source=weather")).source, "weather");
  assert.match((await ask<{ fix: string }>("/weather?source=air", 404)).fix, /weather/);
  assert.match((await ask<{ detail: string }>("/weather/forecast?quantity=pm10", 400)).detail, /pm10 is not known/);
});

test("forecasts are scored by what the source said later, or by a sensor of the home in its unit", async () => {
  const none = await ask<{ detail: string }>("/weather/score", 404);
  assert.match(none.detail, /weather has not said anything of temperature yet/);
  await hub.addSeries(1, identity("outside.weather_temperature"));
  await hub.addSeries(2, identity("outside.weather_temperature_forecast"));
  await hub.addSeries(3, identity("sensor.garden"));
  const at = (hours: number) => ({ time: THIS_HOUR + hours * HOUR, changed: THIS_HOUR + hours * HOUR });
  await hub.record([
    reading(1, "10", at(-2)),
    reading(2, time(-3), {
      ...at(-3),
      attributes: { provider: "open_meteo", slots: [[seconds(-2), seconds(-1), 12]] },
    }),
    reading(3, "51.8", { ...at(-2), attributes: { unit_of_measurement: "°F" } }),
  ]);
  const lead = { from_hours: 1, to_hours: 3, count: 1, mean_absolute_error: 2, bias: 2 };
  const { providers } = await ask<ScoreAnswer>("/weather/score");
  assert.deepEqual(providers, [{ provider: "open_meteo", issues: 1, not_known: 0, leads: [lead] }]);
  // 51.8 °F are 11 °C.
  const garden = await ask<ScoreAnswer>("/weather/score?entity=sensor.garden");
  assert.equal(garden.providers[0]?.leads[0]?.bias, 1);
  await ask("/weather/score?entity=sensor.nobody", 404);
  await ask("/weather/score?quantity=condition", 400);
  await ask("/weather/score?quantity=precipitation&entity=sensor.garden", 400);
  await hub.addSeries(4, identity("outside.weather_humidity_forecast"));
  await ask("/weather/score?quantity=humidity&entity=sensor.garden", 400);
  await ask(`/weather/score?from=${encodeURIComponent("2020-01-01T00:00:00Z")}`, 400);
});
