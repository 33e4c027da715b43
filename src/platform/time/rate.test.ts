import assert from "node:assert/strict";
import { test } from "node:test";
import { createRate } from "./rate.ts";

test("a rate counts the last ten whole seconds, and forgets older ones", () => {
  let ticks = 0;
  const rate = createRate({ ticks: () => ticks });
  assert.equal(rate.perSecond(), 0);
  rate.add(50);
  ticks = 1_000;
  assert.equal(rate.perSecond(), 50);
  ticks = 5_500;
  assert.equal(rate.perSecond(), 10);
  rate.add(1_000);
  assert.equal(rate.perSecond(), 10);
  ticks = 10_500;
  assert.equal(rate.perSecond(), 105);
  ticks = 100_000;
  assert.equal(rate.perSecond(), 0);
});

test("the last minute is counted, not reckoned from a shorter time", () => {
  let ticks = 0;
  const rate = createRate({ ticks: () => ticks });
  rate.add(3);
  ticks = 5_500;
  rate.add(4);
  assert.equal(rate.lastMinute(), 3);
  ticks = 6_000;
  assert.equal(rate.lastMinute(), 7);
  ticks = 60_999;
  assert.equal(rate.lastMinute(), 7);
  ticks = 61_000;
  assert.equal(rate.lastMinute(), 4);
  ticks = 500_000;
  assert.equal(rate.lastMinute(), 0);
});
