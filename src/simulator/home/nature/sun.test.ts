import assert from "node:assert/strict";
import { test } from "node:test";
import { microsFromRfc3339 } from "../../../domain/time/time.ts";
import { nextDawn, nextDusk, nextRising, nextSetting, sunAt } from "./sun.ts";

/** What a real Home Assistant's sun.sun showed at 52.37 N 4.89 E on the evening of 2026-11-23. */
const PLACE = { latitude: 52.37, longitude: 4.89 };
const NOW = microsFromRfc3339("2026-11-23T23:00:00Z") as number;
const SHOWN = {
  dawn: "2026-11-24T06:37:00Z",
  rising: "2026-11-24T07:16:50Z",
  setting: "2026-11-24T15:36:54Z",
  dusk: "2026-11-24T16:16:42Z",
};

test("the sun rises and sets when Home Assistant says so, to two minutes", () => {
  const found = {
    dawn: nextDawn(NOW, PLACE),
    rising: nextRising(NOW, PLACE),
    setting: nextSetting(NOW, PLACE),
    dusk: nextDusk(NOW, PLACE),
  };
  for (const [what, time] of Object.entries(SHOWN)) {
    const off = found[what as keyof typeof found] - (microsFromRfc3339(time) as number);
    assert.ok(Math.abs(off) < 120e6, `${what} is ${off / 1e6} s off`);
  }
});

test("by day the next rising is tomorrow's", () => {
  const noon = microsFromRfc3339("2026-11-24T11:27:00Z") as number;
  assert.ok(nextRising(noon, PLACE) > nextSetting(noon, PLACE));
});

test("at noon the sun stands in the south, at its highest", () => {
  const { elevation, azimuth } = sunAt(microsFromRfc3339("2026-06-21T11:43:00Z") as number, 52.37, 4.89);
  assert.ok(Math.abs(azimuth - 180) < 3, String(azimuth));
  assert.ok(Math.abs(elevation - (90 - 52.37 + 23.44)) < 0.5, String(elevation));
});
