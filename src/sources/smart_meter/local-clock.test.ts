import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../../tests/support/outside/told.ts";
import { createLocalClock, localMs } from "./local-clock.ts";

const at = (zone: string, year: number, month: number, day: number, hour: number, minute = 0) =>
  createLocalClock(zone)(localMs(year, month, day, hour, minute, 0) as number).map(plain);

test("a time of day is one instant, two in the hour that comes twice, and none in the hour that is left out", () => {
  assert.deepEqual(at("Europe/Vienna", 2024, 7, 3, 0), ["2024-07-02T22:00:00Z"]);
  assert.deepEqual(at("Europe/Vienna", 2024, 10, 27, 2, 30), ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"]);
  assert.deepEqual(at("Europe/Vienna", 2024, 10, 27, 3), ["2024-10-27T02:00:00Z"]);
  assert.deepEqual(at("Europe/Vienna", 2024, 3, 31, 2, 30), []);
  assert.deepEqual(at("Europe/Vienna", 2024, 3, 31, 3), ["2024-03-31T01:00:00Z"]);
  assert.deepEqual(at("America/Los_Angeles", 2026, 11, 1, 1, 15), ["2026-11-01T08:15:00Z", "2026-11-01T09:15:00Z"]);
  // Lord Howe Island moves by half an hour.
  assert.deepEqual(at("Australia/Lord_Howe", 2026, 4, 5, 1, 45), ["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"]);
  assert.deepEqual(at("+01:00", 2024, 7, 3, 0), ["2024-07-02T23:00:00Z"]);
});

test("a date or time of day that does not exist is none", () => {
  assert.equal(localMs(2026, 2, 29, 0, 0, 0), undefined);
  assert.equal(localMs(2025, 0, 0, 0, 0, 0), undefined);
  assert.equal(localMs(2026, 13, 1, 0, 0, 0), undefined);
  assert.equal(localMs(2026, 1, 1, 24, 0, 0), undefined);
  assert.equal(localMs(2028, 2, 29, 23, 59, 59), Date.UTC(2028, 1, 29, 23, 59, 59));
});
