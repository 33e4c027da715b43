import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createSoon } from "./soon.ts";

function started() {
  const clock = createTestClock();
  const runs: number[] = [];
  const soon = createSoon({ clock, waitMs: 2_000, everyMs: 60_000, run: () => void runs.push(clock.ticks()) });
  return { clock, runs, soon };
}

test("it runs once for all who asked within the wait", () => {
  const { clock, runs, soon } = started();
  soon.ask();
  clock.advance(1_999);
  soon.ask();
  assert.deepEqual(runs, []);
  clock.advance(1);
  clock.advance(600_000);
  assert.deepEqual(runs, [2_000]);
});

test("whoever asks without end gets a run a minute, and the last who asked is not forgotten", () => {
  const { clock, runs, soon } = started();
  for (let second = 0; second < 150; second++) {
    soon.ask();
    clock.advance(1_000);
  }
  assert.deepEqual(runs, [2_000, 62_000, 122_000]);
  clock.advance(600_000);
  assert.deepEqual(runs.slice(3), [182_000]);
});

test("what was cancelled does not run, and may be asked for again", () => {
  const { clock, runs, soon } = started();
  soon.ask();
  soon.cancel();
  clock.advance(10_000);
  assert.deepEqual(runs, []);
  soon.ask();
  clock.advance(2_000);
  assert.deepEqual(runs, [12_000]);
});
