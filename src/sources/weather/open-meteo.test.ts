import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { openMeteo } from "./open-meteo.ts";

const at = (text: string) => microsFromRfc3339(text) as number;
const NEW_YORK = "open-meteo/forecast_newyork_iso_times.json";
const readNewYork = (text: string) => openMeteo.read(asked(() => text, { settings: {}, now: "2026-02-06T21:40:00Z" }));

testCases(join(import.meta.dirname, "cases"), openMeteo);

test("a recorded answer in local times and km/h is read to the right instants and m/s", {
  skip: recordedAreAbsent,
}, async () => {
  const { readings, issues } = told(await readNewYork(recorded(NEW_YORK)));
  // 16:30 in New York, which is 5 hours behind UTC.
  assert.deepEqual(readings, {
    temperature: [["2026-02-06T21:30:00Z", -1.4]],
    humidity: [["2026-02-06T21:30:00Z", 60]],
    wind_speed: [["2026-02-06T21:30:00Z", 1.3333]],
    wind_bearing: [["2026-02-06T21:30:00Z", 138]],
    condition: [["2026-02-06T21:30:00Z", "cloudy"]],
    precipitation: [["2026-02-06T20:00:00Z", "2026-02-06T21:00:00Z", 0]],
  });
  assert.deepEqual(issues.temperature?.[0], ["2026-02-06T21:00:00Z", "2026-02-06T22:00:00Z", -0.7]);
  assert.deepEqual(issues.wind_speed?.[0], ["2026-02-06T21:00:00Z", "2026-02-06T22:00:00Z", 1.3611]);
  assert.deepEqual(issues.temperature_low?.[1], ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z", -17.7]);
  assert.deepEqual(issues.day_precipitation?.[1], ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z", 0.4]);
  assert.deepEqual(issues.day_condition?.[1], ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z", "snowy"]);
});

test("a recorded past is read: moments at their times, sums and means over the hour before", {
  skip: recordedAreAbsent,
}, async () => {
  const window = { from: at("2026-03-02T11:00:00Z"), to: at("2026-03-02T13:00:00Z") };
  const needs = asked(() => recorded("open-meteo/forecast_hourly_3days.json"), {
    settings: {},
    now: "2026-03-06T00:00:00Z",
  });
  const { readings } = told((await openMeteo.readBetween?.({ ...needs, window })) ?? { readings: [], issues: [] });
  const query = new URL(needs.requests[0]?.url ?? "").searchParams;
  assert.deepEqual([query.get("start_date"), query.get("end_date")], ["2026-03-02", "2026-03-02"]);
  // 12:00 in Berlin is 11:00 UTC. 8.9 km/h are 2.4722 m/s, 16.9 are 4.6944.
  assert.deepEqual(readings.temperature, [
    ["2026-03-02T11:00:00Z", 9.4],
    ["2026-03-02T12:00:00Z", 11.3],
  ]);
  assert.deepEqual(readings.pressure?.[0], ["2026-03-02T11:00:00Z", 1025.2]);
  assert.deepEqual(readings.wind_speed?.[0], ["2026-03-02T11:00:00Z", 2.4722]);
  assert.deepEqual(readings.wind_gust, [["2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", 4.6944]]);
  assert.deepEqual(readings.radiation, [["2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", 519.5]]);
});

test("recorded: too many calls in a minute are a limit, in the provider's words", {
  skip: recordedAreAbsent,
}, async () => {
  const text = recorded("open-meteo/error_429_minutely.json");
  await assert.rejects(
    openMeteo.read(asked(() => ({ status: 429, text }), { settings: {}, now: "2026-02-06T21:40:00Z" })),
    (error) => {
      assert.ok(error instanceof Failure);
      assert.deepEqual([error.code, error.retry], ["limited", true]);
      assert.match(error.message, /429: .*Minutely API request limit exceeded/);
      return true;
    },
  );
});

test("a past beyond what Open-Meteo keeps is not asked for", async () => {
  const needs = asked(() => "", { settings: {}, now: "2026-11-26T00:00:00Z" });
  const window = { from: at("2020-01-01T00:00:00Z"), to: at("2020-02-01T00:00:00Z") };
  assert.deepEqual(await openMeteo.readBetween?.({ ...needs, window }), { readings: [], issues: [] });
  assert.equal(needs.requests.length, 0);
});

test("whatever is missing or wrong in a recorded answer, nothing is made up", { skip: recordedAreAbsent }, async () => {
  const counts = await nothingIsMadeUp(recorded(NEW_YORK), readNewYork, ["precipitation"]);
  assert.ok(counts.read > 20 && counts.refused > 100, JSON.stringify(counts));
});

test("a value in a unit that nobody here knows is a changed answer, not a number", async () => {
  const text = JSON.stringify({
    utc_offset_seconds: 0,
    current_units: { wind_speed_10m: "Beaufort" },
    current: { time: 1_770_000_000, interval: 900, wind_speed_10m: 4 },
  });
  await assert.rejects(
    readNewYork(text),
    (error) => error instanceof Failure && error.code === "changed_shape" && /Beaufort/.test(error.message),
  );
});

test("lists of different lengths are no answer: a value would come to stand at another hour", async () => {
  const text = JSON.stringify({
    utc_offset_seconds: 0,
    hourly_units: { temperature_2m: "°C" },
    hourly: { time: [1_770_000_000, 1_770_003_600], temperature_2m: [1] },
  });
  await assert.rejects(
    readNewYork(text),
    (error) => error instanceof Failure && error.code === "changed_shape" && /hourly/.test(error.message),
  );
});

test("it asks for the home's days, in m/s, at a place rounded to a kilometre, and a key goes to the paid host alone", async () => {
  const answer = JSON.stringify({ utc_offset_seconds: 0, hourly: { time: [] } });
  const place = { latitude: 52.371_93, longitude: 4.892_21, timeZone: "Europe/Amsterdam" };
  const free = asked(() => answer, { settings: {}, now: "2026-11-26T00:00:00Z", place });
  await openMeteo.read(free);
  const url = new URL(free.requests[0]?.url ?? "");
  assert.equal(url.host, "api.open-meteo.com");
  const { latitude, longitude, timezone, wind_speed_unit, timeformat } = Object.fromEntries(url.searchParams);
  assert.deepEqual(
    [latitude, longitude, timezone, wind_speed_unit, timeformat],
    ["52.37", "4.89", "Europe/Amsterdam", "ms", "unixtime"],
  );
  const paid = asked(() => answer, { settings: { api_key: "k" }, now: "2026-11-26T00:00:00Z" });
  await openMeteo.read(paid);
  assert.equal(new URL(paid.requests[0]?.url ?? "").host, "customer-api.open-meteo.com");
});

test("a home whose place is not known is not asked for, and the reason says how to mend it", () => {
  const place = asked(() => "", { settings: {}, now: "2026-11-26T00:00:00Z", place: { latitude: null } }).place;
  assert.match(openMeteo.unfit?.({}, place)?.why ?? "", /where the home is/);
  assert.equal(openMeteo.unfit?.({ latitude: 1, longitude: 2 }, place), undefined);
  assert.match(openMeteo.unfit?.({ latitude: 1 }, place)?.why ?? "", /Only one/);
});
