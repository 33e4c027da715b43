import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gap } from "../domain/data/reading.ts";
import { completenessOf } from "./completeness.ts";

const window = { from: 1_000, to: 2_000 };
const gap = (series: number | null, from: number, to: number, kind: Gap["kind"] = "states"): Gap => ({
  kind,
  series,
  from,
  to,
  cause: "disconnected",
});
const complete = (gaps: Gap[], series = [{ id: 1, since: 0 }], open: { from: number; to: number }[] = []) =>
  completenessOf({ series, gaps, open, window });

test("without a gap everything is known, and without a series nothing can be said", () => {
  assert.equal(complete([]), 100);
  assert.equal(complete([], []), undefined);
  assert.equal(complete([], [{ id: 1, since: 2_000 }]), undefined);
});

test("a gap takes its part of the window, as far as it lies in it", () => {
  assert.equal(complete([gap(1, 1_000, 1_250)]), 75);
  assert.equal(complete([gap(1, 0, 1_100)]), 90);
  assert.equal(complete([gap(1, 1_900, 9_000)]), 90);
  assert.equal(complete([gap(1, 0, 9_000)]), 0);
});

test("a gap of every series counts for each, one of a single series for that one", () => {
  const two = [
    { id: 1, since: 0 },
    { id: 2, since: 0 },
  ];
  assert.equal(complete([gap(null, 1_000, 1_500)], two), 50);
  assert.equal(complete([gap(2, 1_000, 1_500)], two), 75);
  assert.equal(complete([gap(3, 1_000, 1_500)], two), 100);
});

test("what two gaps cover together is missing once", () => {
  assert.equal(complete([gap(null, 1_000, 1_300), gap(1, 1_200, 1_500), gap(1, 1_250, 1_260)]), 50);
});

test("a series counts from its first reading on", () => {
  const series = [
    { id: 1, since: 0 },
    { id: 2, since: 1_500 },
  ];
  assert.equal(complete([gap(2, 1_000, 1_750)], series), Math.floor((1 - 250 / 1_500) * 100_000) / 1_000);
});

test("gaps in events are not missing states; what is open is missing", () => {
  assert.equal(complete([gap(null, 1_000, 1_500, "events")]), 100);
  assert.equal(complete([], undefined, [{ from: 1_900, to: 2_000 }]), 90);
});

test("100 means that nothing is missing", () => {
  const wide = { from: 0, to: 86_400_000_000 };
  const gaps = [gap(1, 0, 1)];
  assert.equal(completenessOf({ series: [{ id: 1, since: 0 }], gaps, open: [], window: wide }), 99.999);
});
