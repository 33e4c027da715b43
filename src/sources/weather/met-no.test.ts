import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { metNo } from "./met-no.ts";

const OSLO = "met-no/locationforecast_oslo_compact.json";
const inOslo = (answer: (text: string) => string, now: string, text = "") =>
  asked(() => answer(text), { settings: {}, now, place: { timeZone: "Europe/Oslo" } });
const readOslo = (text: string, now = "2026-02-06T21:10:00Z") => metNo.read(inOslo(() => text, now));

testCases(join(import.meta.dirname, "cases"), metNo);

test("a recorded answer gives the hour that is on, the hours and then the six hours to come", {
  skip: recordedAreAbsent,
}, async () => {
  const { readings, issues, issued } = told(await readOslo(recorded(OSLO)));
  assert.deepEqual(readings, {
    temperature: [["2026-02-06T21:00:00Z", -5.8]],
    humidity: [["2026-02-06T21:00:00Z", 66.5]],
    pressure: [["2026-02-06T21:00:00Z", 1014.6]],
    cloud_cover: [["2026-02-06T21:00:00Z", 100]],
    wind_speed: [["2026-02-06T21:00:00Z", 6]],
    wind_bearing: [["2026-02-06T21:00:00Z", 37]],
    condition: [["2026-02-06T21:00:00Z", "snowy"]],
  });
  assert.equal(issued, "2026-02-06T20:27:06Z");
  assert.deepEqual(issues.precipitation?.[0], ["2026-02-06T21:00:00Z", "2026-02-06T22:00:00Z", 0.5]);
  assert.deepEqual(issues.temperature?.[51], ["2026-02-09T00:00:00Z", "2026-02-09T06:00:00Z", -7.1]);
  // The last step says nothing of how long it holds.
  assert.deepEqual(issues.temperature?.at(-1), ["2026-02-16T12:00:00Z", "2026-02-16T18:00:00Z", -3]);
  assert.deepEqual(issues.condition?.at(-1), ["2026-02-16T12:00:00Z", "2026-02-16T18:00:00Z", "partlycloudy"]);
});

test("days are those whose every hour is told: the highest, the lowest and what falls", {
  skip: recordedAreAbsent,
}, async () => {
  const { issues } = told(await readOslo(recorded(OSLO)));
  const day = ["2026-02-06T23:00:00Z", "2026-02-07T23:00:00Z"];
  assert.deepEqual(issues.temperature_high?.[0], [...day, -2.7]);
  assert.deepEqual(issues.temperature_low?.[0], [...day, -5.9]);
  assert.deepEqual(issues.day_precipitation?.[0], [...day, 2.6]);
  assert.equal(issues.temperature_high?.length, 2);
});

test("without a step of the hour that is on there is no present value", { skip: recordedAreAbsent }, async () => {
  assert.deepEqual((await readOslo(recorded(OSLO), "2026-02-06T20:30:00Z")).readings, []);
});

test("whatever is missing or wrong in a recorded answer, nothing is made up", { skip: recordedAreAbsent }, async () => {
  const worked = ["temperature_high", "temperature_low", "day_precipitation"];
  const counts = await nothingIsMadeUp(recorded(OSLO), readOslo, worked);
  assert.ok(counts.read > 20 && counts.refused > 20, JSON.stringify(counts));
});

test("the place goes out with two decimals (five are refused) and the height in whole metres", async () => {
  const needs = asked(() => "{}", {
    settings: {},
    now: "2026-11-26T00:00:00Z",
    place: { latitude: 59.913_87, longitude: 10.752_25, elevation: 23.4 },
  });
  await metNo.read(needs).catch(() => {});
  const { lat, lon, altitude } = Object.fromEntries(new URL(needs.requests[0]?.url ?? "").searchParams);
  assert.deepEqual([lat, lon, altitude], ["59.91", "10.75", "23"]);
});
