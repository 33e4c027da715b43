import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import { createHomeClock } from "./home-clock.ts";

test("a wall clock that jumps does not move Home Assistant's time", () => {
  const clock = createTestClock();
  let jump = 0;
  const home = createHomeClock({ ...clock, now: () => clock.now() + jump });
  jump = 86_400_000_000;
  clock.advance(1_500);
  assert.equal(home.now(), TEST_TIME + 1_500_000);
});

test("a wall clock of 1970 gives way to what Home Assistant's server says; a good one keeps its microseconds", () => {
  const clock = createTestClock(60_000_000);
  const home = createHomeClock(clock);
  home.told(TEST_TIME);
  clock.advance(1_000);
  assert.ok(Math.abs(home.now() - TEST_TIME - 1_500_000) <= 1);

  const good = createHomeClock(createTestClock());
  good.told(TEST_TIME - 760_001);
  assert.equal(good.now(), TEST_TIME);
});
