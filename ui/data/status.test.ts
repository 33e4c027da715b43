import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "../api-types.ts";
import { createStatusWatch } from "./status.ts";
import { createTestClock } from "./test-clock.ts";

const status = (rate: number): Status => ({
  state: "ok",
  parts: [],
  rates: { changes_per_second: rate, events_per_second: 0 },
  totals: { changes: 0, events: 0, gaps: 0, series: 0, bytes: 0 },
  recorded_since: null,
  last_change: null,
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = createTestClock();
  const at = { hidden: false, rate: 1, failing: false, asked: 0 };
  const watch = createStatusWatch({
    clock,
    isHidden: () => at.hidden,
    load: async () => {
      at.asked++;
      if (at.failing) throw new Error("away");
      return status(at.rate);
    },
  });
  const pass = async (ms: number) => {
    for (let i = 0; i < ms / 1_000; i++) {
      clock.advance(1_000);
      await settle();
    }
  };
  return { watch, clock, at, pass };
}

test("the hub is asked every two seconds, and its rates become a line", async () => {
  const { watch, at, pass } = setUp();
  watch.start();
  await settle();
  at.rate = 5;
  await pass(4_000);
  assert.equal(at.asked, 3);
  assert.deepEqual(
    watch.view.get().samples.map(({ changes }) => changes),
    [1, 5, 5],
  );
});

test("a hub that does not answer leaves a hole in the line, and its last word stands with the problem", async () => {
  const { watch, at, pass } = setUp();
  watch.start();
  await settle();
  at.failing = true;
  await pass(2_000);
  const view = watch.view.get();
  assert.match(String(view.problem), /away/);
  assert.equal(view.status?.rates.changes_per_second, 1);
  assert.equal(view.samples.at(-1)?.changes, null);
  at.failing = false;
  await pass(2_000);
  assert.equal(watch.view.get().problem, null);
});

test("a hidden page asks nothing, and the time it was hidden is a hole in the line", async () => {
  const { watch, at, pass } = setUp();
  watch.start();
  await settle();
  at.hidden = true;
  await pass(60_000);
  assert.equal(at.asked, 1);
  at.hidden = false;
  await pass(2_000);
  assert.deepEqual(
    watch.view.get().samples.map(({ changes }) => changes),
    [1, null, 1],
  );
});

test("only the last five minutes are kept", async () => {
  const { watch, pass } = setUp();
  watch.start();
  await pass(20 * 60_000);
  assert.ok(watch.view.get().samples.length <= 150);
});

test("a stopped watch asks no more", async () => {
  const { watch, at, pass } = setUp();
  watch.start();
  await settle();
  watch.stop();
  await pass(10_000);
  assert.equal(at.asked, 1);
});
