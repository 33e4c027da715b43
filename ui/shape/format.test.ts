import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatAge,
  formatBytes,
  formatClock,
  formatDuration,
  formatMoment,
  formatRate,
  formatTime,
  microsOf,
  nameOf,
  readable,
  showState,
} from "./format.ts";

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test("a duration is told in at most two units, the larger first", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [250, "250 ms"],
    [1_000, "1 s"],
    [9_990, "9.9 s"],
    [59_999, "59 s"],
    [M, "1 min"],
    [3 * M + 20 * S, "3 min 20 s"],
    [2 * H + 5 * M + 59 * S, "2 h 5 min"],
    [3 * D + 4 * H, "3 d 4 h"],
    [-5, "0 ms"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

test("an age is told in one unit, and a time a little in the future is now", () => {
  const cases: [number, string][] = [
    [-3 * S, "just now"],
    [1_400, "just now"],
    [12_700, "12 s ago"],
    [3 * M + 59 * S, "3 min ago"],
    [5 * H, "5 h ago"],
    [40 * D, "40 d ago"],
  ];
  for (const [ms, text] of cases) assert.equal(formatAge(1_000_000_000_000 - ms, 1_000_000_000_000), text);
});

test("a time that is no time is told as unknown, not as a number", () => {
  assert.equal(formatAge(Date.parse("never"), 0), "unknown");
  assert.equal(formatDuration(Number.NaN), "unknown");
});

test("bytes are told with a fitting unit", () => {
  assert.deepEqual(
    [0, 999, 1_000, 1_536, 48_233_102, 123_456_789, 9_876_543_210_123].map((bytes) => formatBytes(bytes, "en")),
    ["0 B", "999 B", "1 kB", "1.5 kB", "48.2 MB", "123 MB", "9.9 TB"],
  );
});

test("a rate that is a little more than nothing is never told as 0", () => {
  assert.deepEqual(
    [0, 0.01, 0.26, 9.94, 1234.5].map((rate) => formatRate(rate, "en")),
    ["0", "< 0.1", "0.3", "9.9", "1,235"],
  );
});

test("times of day are told in the reader's zone, with milliseconds where changes are listed", () => {
  const ms = Date.parse("2026-11-23T22:39:00.123456Z");
  assert.equal(formatTime(ms, "en-GB", "Europe/Berlin"), "23:39:00");
  assert.equal(formatClock(ms, "en-GB", "UTC"), "22:39:00.123");
  assert.equal(formatMoment(ms, "en-GB", "UTC"), "23 Nov 2026, 22:39:00");
});

test("microseconds survive the way from a text to a number", () => {
  assert.equal(microsOf("2026-11-23T22:39:00.123456Z"), 1_795_473_540_123_456);
  assert.equal(microsOf("2026-11-23T22:39:00Z"), 1_795_473_540_000_000);
  assert.equal(microsOf("2026-11-23T22:39:00.000001Z") - microsOf("2026-11-23T22:39:00Z"), 1);
});

test("midnight is 00, not 24", () => {
  assert.equal(formatTime(Date.parse("2026-11-23T00:00:01Z"), "en-US", "UTC"), "00:00:01");
});

test("a value keeps its exact text and its unit", () => {
  assert.deepEqual(showState("21.50", { unit_of_measurement: "°C" }), { kind: "value", text: "21.50", unit: "°C" });
  assert.deepEqual(showState("0", {}), { kind: "value", text: "0", unit: null });
  assert.deepEqual(showState("on", { unit_of_measurement: "" }), { kind: "value", text: "on", unit: null });
});

test("what is missing is shown as missing with the reason, never as a value", () => {
  for (const state of [null, "unavailable", "unknown", ""]) {
    const shown = showState(state, { unit_of_measurement: "W" });
    assert.equal(shown.kind, "missing");
    assert.ok(shown.kind === "missing" && shown.why.length > 10);
  }
});

test("an entity without a name is named after its id", () => {
  assert.equal(nameOf({ entity_id: "light.kitchen_ceiling", name: null }), "Kitchen ceiling");
  assert.equal(nameOf({ entity_id: "light.a", name: "Lamp" }), "Lamp");
  assert.equal(nameOf({ entity_id: "light.a", name: "Lamp", attributes: { friendly_name: "Hall Lamp" } }), "Hall Lamp");
  assert.equal(readable("home_assistant"), "Home assistant");
});
