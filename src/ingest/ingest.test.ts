import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import { Failure } from "../domain/failure.ts";
import type { Change, FeedItem } from "../domain/home/home.ts";
import { ALL_TIME } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createIngest } from "./ingest.ts";
import type { IngestEntry } from "./needs.ts";

const change = (entityId: string, state: string | null, more: Partial<Change> = {}): FeedItem => {
  const time = more.time ?? TEST_TIME;
  const whole = {
    attributes: {},
    changed: time,
    context: null,
    origin: "live",
    timeIsArrival: state === null,
  } as const;
  return { kind: "change", change: { entityId, state, time, ...whole, ...more } };
};

/** `disk` is asked before each append; what it throws is what the store throws. */
function setUp(disk: (entries: readonly IngestEntry[]) => void | Promise<void> = () => {}) {
  const store = createMemoryStore();
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  const told: string[] = [];
  const published: { state: string | null; time: number; origin: string; previous: string | null | undefined }[] = [];
  const ingest = createIngest({
    append: async (entries) => {
      await disk(entries);
      told.push("append");
      return store.append(entries);
    },
    series: [],
    latest: store.latest,
    isHeld: async () => false,
    heldIn: async () => ({ has: () => false, holds: () => false }),
    readingsAt: async () => [],
    correct: store.correct,
    publish: {
      changes: (changes) => {
        told.push("changes");
        for (const { reading, previous } of changes) {
          assert.equal(store.stats().position >= reading.position && reading.position > 0, true, "it can be found");
          const { state, time, origin } = reading;
          published.push({ state, time: time - TEST_TIME, origin, previous: previous?.state });
        }
      },
      events: () => told.push("events"),
      gaps: (gaps) => told.push(...gaps.map(({ cause }) => `gap ${cause}`)),
    },
    keepExclusions: { get: () => undefined, set: () => {} },
    keepThinning: { get: () => undefined, set: () => {} },
    around: async () => ({ before: undefined, after: undefined }),
    clock,
    log: silentLog,
    status,
  });
  return { store, clock, status, told, published, ingest };
}

test("nothing is published before it is stored, and what is published names what it follows", async () => {
  const { ingest, told, published } = setUp();
  await ingest.record([change("sensor.a", "1"), change("sensor.a", "2", { time: TEST_TIME + 5 })]);
  assert.deepEqual(told, ["append", "changes"]);
  assert.deepEqual(
    published.map(({ state, previous }) => [state, previous]),
    [
      ["1", undefined],
      ["2", "1"],
    ],
  );
});

test("calls are kept in order, however long the disk takes", async () => {
  const slow = Promise.withResolvers<void>();
  let appends = 0;
  const { ingest, published } = setUp(() => (appends++ === 0 ? slow.promise : undefined));
  const first = ingest.record([change("sensor.a", "1")]);
  const second = ingest.record([change("sensor.a", "2", { time: TEST_TIME + 1 })]);
  slow.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(
    published.map(({ state }) => state),
    ["1", "2"],
  );
});

test("the same change twice is stored once; an older one is late, a filled one stays filled", async () => {
  const { ingest, published } = setUp();
  const now = { time: TEST_TIME + 100 };
  await ingest.record([change("sensor.a", "1", now), change("sensor.a", "1", now)]);
  await ingest.record([change("sensor.a", "1", now)]);
  await ingest.record([change("sensor.a", "0", { time: TEST_TIME + 50 })]);
  await ingest.record([change("sensor.a", "-1", { time: TEST_TIME, origin: "filled" })]);
  assert.deepEqual(
    published.map(({ state, origin }) => [state, origin]),
    [
      ["1", "live"],
      ["0", "late"],
      ["-1", "filled"],
    ],
  );
  assert.equal(ingest.counts.repeated, 2);
});

test("a removal stands behind what it removes, and is there once", async () => {
  const { ingest, published } = setUp();
  await ingest.record([change("sensor.a", "1", { time: TEST_TIME + 100 }), change("sensor.a", null)]);
  await ingest.record([change("sensor.a", null, { time: TEST_TIME + 500 })]);
  assert.deepEqual(
    published.map(({ state, time }) => [state, time]),
    [
      ["1", 100],
      [null, 101],
    ],
  );
});

test("a disk that refuses is waited for and told of; then everything is stored in order", async () => {
  let refusals = 3;
  const { ingest, clock, status, published } = setUp(() => {
    if (refusals-- > 0) throw new Failure("store_write_failed", "No space left on the disk", { retry: true });
  });
  const states: string[] = [];
  status.onChange(({ state }) => states.push(state));
  const recorded = Promise.all([
    ingest.record([change("sensor.a", "1")]),
    ingest.record([change("sensor.a", "2", { time: TEST_TIME + 1 })]),
  ]);
  let done = false;
  void recorded.then(() => {
    done = true;
  });
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
  }
  assert.deepEqual(states, ["degraded", "ok"]);
  assert.deepEqual(
    published.map(({ state }) => state),
    ["1", "2"],
  );
});

test("a change that can never be stored costs itself alone: it is told, and becomes a gap", async () => {
  const { ingest, status, store, told, published } = setUp((entries) => {
    if (entries.some((entry) => entry.kind === "reading" && entry.reading.state === "poison"))
      throw new Failure("entry_not_storable", "The attributes are larger than a record", { fix: "Shrink them" });
  });
  await ingest.record([
    change("sensor.a", "1"),
    change("sensor.b", "poison", { time: TEST_TIME + 3 }),
    change("sensor.a", "2", { time: TEST_TIME + 9 }),
  ]);
  await ingest.record([change("sensor.b", "good", { time: TEST_TIME + 12 })]);
  assert.deepEqual(
    published.map(({ state, previous }) => [state, previous]),
    [
      ["1", undefined],
      ["2", "1"],
      ["good", undefined],
    ],
  );
  assert.deepEqual(
    store.gaps(ALL_TIME).map(({ series, from, to, cause }) => [series, from - TEST_TIME, to - TEST_TIME, cause]),
    [[2, 2, 4, "not_recorded"]],
  );
  assert.ok(told.includes("gap not_recorded"));
  const { state, why, fix } = status.get("recording") ?? {};
  assert.equal(state, "degraded");
  assert.match(why ?? "", /sensor\.b could not be stored: The attributes are larger/);
  assert.match(fix ?? "", /Shrink them/);
  assert.equal(ingest.counts.refused, 1);
});
