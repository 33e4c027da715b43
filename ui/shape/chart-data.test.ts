import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gap, Point } from "../api-types.ts";
import {
  chartKind,
  extremes,
  gapSpans,
  numberOf,
  type Recorded,
  stretchAt,
  timeInStates,
  toLine,
  toStretches,
  withoutNumber,
} from "./chart-data.ts";

const points = (...list: [seconds: number, state: string | null][]): Point[] =>
  list.map(([seconds, state]) => [seconds * 1e6, state]);
const recorded = (more: Partial<Recorded>): Recorded => ({
  points: [],
  before: null,
  gaps: [],
  window: { from: 100, to: 200 },
  now: 200,
  ...more,
});
const told = (more: Partial<Recorded>) => toStretches(recorded(more)).map(({ from, to, state }) => [from, to, state]);

test("a value holds until the next reading, and the last one until now", () => {
  assert.deepEqual(told({ points: points([110, "1"], [150, "2"]), now: 180 }), [
    [110, 150, "1"],
    [150, 180, "2"],
  ]);
});

test("the value from before the window holds from its start", () => {
  assert.deepEqual(told({ before: [50e6, "off"], points: points([150, "on"]) }), [
    [100, 150, "off"],
    [150, 200, "on"],
  ]);
});

test("nothing is drawn where nothing is known: not before the first reading and not without any", () => {
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ points: points([190, "on"]) }), [[190, 200, "on"]]);
});

test("a gap cuts what held, and what was last known goes on after it", () => {
  const gaps = [{ from: 120, to: 140 }];
  assert.deepEqual(told({ points: points([110, "1"], [160, "2"]), gaps }), [
    [110, 120, "1"],
    [140, 160, "1"],
    [160, 200, "2"],
  ]);
});

test("gaps that touch or overlap are one hole, and one that spans readings hides what it covers", () => {
  const gaps = [
    { from: 130, to: 150 },
    { from: 120, to: 135 },
  ];
  assert.deepEqual(told({ points: points([110, "1"]), gaps }), [
    [110, 120, "1"],
    [150, 200, "1"],
  ]);
});

test("readings that only change attributes do not cut a stretch", () => {
  assert.deepEqual(told({ points: points([110, "on"], [120, "on"], [130, "off"]) }), [
    [110, 130, "on"],
    [130, 200, "off"],
  ]);
});

test("a line has a hole at every gap and wherever there was no number", () => {
  const stretches = toStretches(
    recorded({ points: points([110, "1"], [120, "unavailable"], [130, "2"]), gaps: [{ from: 150, to: 160 }] }),
  );
  const { xs, ys } = toLine(stretches);
  assert.deepEqual(xs, [110, 120, 120, 120, 130, 130, 150, 150, 160, 200]);
  assert.deepEqual(ys, [1, 1, null, null, null, 2, 2, null, 2, 2]);
  assert.deepEqual(
    xs.toSorted((a, b) => a - b),
    xs,
  );
});

test("a missing value is never a number: not 0, not the one before", () => {
  for (const state of [null, "", " ", "unavailable", "unknown", "NaN", "Infinity", "12 V"])
    assert.equal(numberOf(state), null);
  assert.deepEqual([numberOf("0"), numberOf("-1.5e3"), numberOf("21.50")], [0, -1500, 21.5]);
  const stretches = toStretches(recorded({ points: points([110, "5"], [120, "unavailable"]) }));
  assert.deepEqual(
    withoutNumber(stretches).map(({ from, to }) => [from, to]),
    [[120, 200]],
  );
  assert.deepEqual(extremes(stretches), { min: 5, max: 5 });
  assert.equal(extremes(withoutNumber(stretches)), null);
});

test("numbers are drawn as a line, texts as bands; an entity with a unit stays a line in spite of a text", () => {
  assert.equal(chartKind(["1", "2", "unavailable"], false), "numbers");
  assert.equal(chartKind(["1", "auto"], false), "texts");
  assert.equal(chartKind(["1", "error"], true), "numbers");
  assert.equal(chartKind(["unavailable", null], true), "texts");
  assert.equal(chartKind([], true), "nothing");
});

test("the time in each state adds up, the longest first", () => {
  const stretches = toStretches(recorded({ points: points([100, "on"], [110, "off"], [190, "on"]) }));
  assert.deepEqual(timeInStates(stretches), [
    { state: "off", seconds: 80 },
    { state: "on", seconds: 20 },
  ]);
});

test("the stretch at a moment is found, and none in a gap", () => {
  const stretches = toStretches(recorded({ points: points([110, "1"], [150, "2"]), gaps: [{ from: 120, to: 130 }] }));
  assert.equal(stretchAt(stretches, 115)?.state, "1");
  assert.equal(stretchAt(stretches, 150)?.state, "2");
  assert.equal(stretchAt(stretches, 125), undefined);
  assert.equal(stretchAt(stretches, 99), undefined);
});

test("only gaps in states are shaded, clipped to the window", () => {
  const gap = (kind: Gap["kind"], from: number, to: number): Gap => ({
    id: 1,
    kind,
    entity_id: null,
    series: null,
    from: new Date(from * 1000).toISOString(),
    to: new Date(to * 1000).toISOString(),
    cause: "disconnected",
  });
  const all = [gap("states", 50, 120), gap("events", 130, 140), gap("states", 190, 500), gap("states", 10, 20)];
  assert.deepEqual(gapSpans(all, { from: 100, to: 200 }), [
    { from: 100, to: 120 },
    { from: 190, to: 200 },
  ]);
});

test("each of 1,000 gaps cuts exactly one of 50,000 stretches", () => {
  const many = Array.from({ length: 50_000 }, (_, i): Point => [i * 1e6, String(i % 7)]);
  const gaps = Array.from({ length: 1_000 }, (_, i) => ({ from: i * 50 + 0.25, to: i * 50 + 0.5 }));
  const stretches = toStretches({ points: many, before: null, gaps, window: { from: 0, to: 50_000 }, now: 50_000 });
  assert.equal(stretches.length, 51_000);
});
