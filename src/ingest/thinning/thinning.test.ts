import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import type { Reading } from "../../domain/data/reading.ts";
import type { Change } from "../../domain/home/home.ts";
import type { ThinningRule } from "../../domain/home/thinning.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import { createHeld } from "../../history/held.ts";
import { createPresent } from "../../history/present.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createIngest } from "../ingest.ts";

const SECOND = 1_000_000;

const rule = (more: Partial<ThinningRule> = {}): ThinningRule => ({
  select: { kind: "pattern", value: "sensor.*" },
  minChange: null,
  minInterval: null,
  ...more,
});
const every10s = rule({ minInterval: 10 * SECOND });

/** An ingest over a store and settings that outlive it, as a restart leaves them. */
function setUp(kept: { value: unknown } = { value: undefined }, store = createMemoryStore()) {
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  const published: (string | null)[] = [];
  const positions: number[] = [];
  const held = createHeld({ store, keyOf: (time, state) => `${time} ${state}` });
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    heldIn: async () => ({ has: () => false, holds: () => false }),
    readingsAt: async () => [],
    correct: store.correct,
    isHeld: (series, time, state) =>
      held.rows(series, { from: time, to: time + 1 }).then((rows) => rows.has(`${time} ${state}`)),
    around: held.around,
    publish: {
      changes: (changes) => {
        published.push(...changes.map(({ reading }) => reading.state));
        positions.push(...changes.map(({ reading }) => reading.position));
      },
      events: () => {},
      gaps: () => {},
    },
    keepExclusions: { get: () => undefined, set: () => {} },
    keepThinning: {
      get: () => kept.value,
      set: (value) => {
        kept.value = structuredClone(value);
      },
    },
    clock,
    log: silentLog,
    status,
  });
  const present = createPresent(store, ingest.excluded, ingest.thinned);
  const tell = (entityId: string, state: string | null, at: number, more: Partial<Change> = {}) => {
    const time = TEST_TIME + at * SECOND;
    const rest = { attributes: {}, context: null, origin: "live", timeIsArrival: false } as const;
    return ingest.record([{ kind: "change", change: { entityId, state, time, changed: time, ...rest, ...more } }]);
  };
  /** What the store holds of an entity: `state@second`. */
  const stored = async (entityId: string): Promise<string[]> => {
    const series = ingest.holder(entityId) ?? 1;
    const view = store.view();
    const rows: Reading[] = [];
    const query = { series, window: ALL_TIME, order: "oldest_first", limit: 10_000, attributes: false } as const;
    for await (const page of store.reader(view).readings(query)) rows.push(...page);
    store.release(view);
    return rows.map(({ state, time }) => `${state}@${(time - TEST_TIME) / SECOND}`);
  };
  /** Lets the ingest's own chain run dry. */
  const settled = () => ingest.record([]);
  return { ingest, store, clock, status, published, positions, present, tell, stored, settled, kept };
}

test("of a flood the first is kept, then the last of each interval, with their own times; listeners hear all", async () => {
  const { ingest, tell, stored, published } = setUp();
  await ingest.thin([every10s]);
  for (let at = 0; at <= 25; at++) await tell("sensor.a", `${at}`, at);
  assert.deepEqual(await stored("sensor.a"), ["0@0", "9@9", "19@19"]);
  assert.deepEqual(
    published,
    Array.from({ length: 26 }, (_, i) => `${i}`),
  );
  assert.equal(ingest.thinned.dropped, 23);
});

test("what is held is stored when its interval is over, though nothing else comes", async () => {
  const { ingest, tell, stored, clock, settled } = setUp();
  await ingest.thin([every10s]);
  await tell("sensor.a", "1", 0);
  await tell("sensor.a", "2", 3);
  clock.advance(6_900);
  await settled();
  assert.deepEqual(await stored("sensor.a"), ["1@0"]);
  clock.advance(200);
  await settled();
  assert.deepEqual(await stored("sensor.a"), ["1@0", "2@3"]);
  clock.advance(60_000);
  await settled();
  assert.deepEqual(await stored("sensor.a"), ["1@0", "2@3"]);
});

test("the present is exact though it is not stored: states answer it, listeners hear it, without a position", async () => {
  const { ingest, tell, present, positions, store } = setUp();
  await ingest.thin([every10s]);
  await tell("sensor.a", "1", 0);
  await tell("sensor.a", "2", 3);
  const series = ingest.holder("sensor.a") as number;
  assert.equal(present.states.get(series)?.state, "2");
  assert.deepEqual(
    [...present.states.all()].map(({ state, time }) => [state, time]),
    [["2", TEST_TIME + 3 * SECOND]],
  );
  assert.equal(store.latest(series)?.state, "1");
  assert.equal(positions[1], 0);
});

test("a smaller change than the least is dropped, one as large is kept, as decimals have it", async () => {
  const { ingest, tell, stored } = setUp();
  await ingest.thin([rule({ minChange: 0.1 })]);
  for (const [at, state] of ["20.1", "20.15", "20.2", "20.11", "20.1", "20.1"].entries())
    await tell("sensor.a", state, at);
  assert.deepEqual(await stored("sensor.a"), ["20.1@0", "20.2@2", "20.1@4"]);
});

test("first values, removals, unavailable and what comes after are always kept, with what was held before them", async () => {
  const { ingest, tell, stored } = setUp();
  await ingest.thin([rule({ minInterval: 60 * SECOND, minChange: 5 })]);
  await tell("sensor.a", "1", 0);
  await tell("sensor.a", "20", 1);
  await tell("sensor.a", "unavailable", 2);
  await tell("sensor.a", "21", 3);
  await tell("sensor.a", "22", 4);
  await tell("sensor.a", null, 5);
  await tell("sensor.a", "22", 6);
  // 22 differs too little from 21 to be held for the end of its interval.
  assert.deepEqual(await stored("sensor.a"), ["1@0", "20@1", "unavailable@2", "21@3", "null@5", "22@6"]);
});

test("a changed unit is kept, and so is every change of whom no rule names", async () => {
  const { ingest, tell, stored } = setUp();
  await ingest.thin([{ ...every10s, select: { kind: "device_class", value: "power" } }]);
  const power = (unit: string) => ({ attributes: { device_class: "power", unit_of_measurement: unit } });
  await tell("sensor.a", "1", 0, power("W"));
  await tell("sensor.a", "2", 1, power("W"));
  await tell("sensor.a", "0.002", 2, power("kW"));
  for (let at = 0; at < 3; at++) await tell("sensor.b", `${at}`, at);
  assert.deepEqual(await stored("sensor.a"), ["1@0", "2@1", "0.002@2"]);
  assert.deepEqual(await stored("sensor.b"), ["0@0", "1@1", "2@2"]);
});

test("rows from Home Assistant's history obey the rule: what was dropped live is not filled again", async () => {
  const { ingest, tell, stored, published } = setUp();
  await ingest.thin([every10s]);
  for (let at = 0; at <= 12; at++) await tell("sensor.a", `${at}`, at);
  const heard = published.length;
  // Who fills compares its rows with the store's before.
  for (let at = 0; at <= 12; at++) if (at % 9 > 0) await tell("sensor.a", `${at}`, at, { origin: "filled" });
  assert.deepEqual(await stored("sensor.a"), ["0@0", "9@9"]);
  assert.equal(published.length, heard);
  // A hole behind it is thinned like anything else.
  for (let at = 100; at <= 120; at++) await tell("sensor.a", `${at}`, at, { origin: "filled" });
  assert.deepEqual(await stored("sensor.a"), ["0@0", "9@9", "12@12", "100@100", "109@109", "119@119"]);
});

test("since when and by which rule readings are dropped is kept over a restart, and ends when the rule does", async () => {
  const first = setUp();
  await first.ingest.thin([every10s]);
  await first.tell("sensor.a", "1", 0);
  await first.tell("sensor.a", "2", 3);
  const series = first.ingest.holder("sensor.a") as number;
  await first.ingest.close();
  assert.deepEqual(await first.stored("sensor.a"), ["1@0", "2@3"]);

  const second = setUp(first.kept, first.store);
  assert.deepEqual(second.ingest.thinned.spans(series), [
    { series, from: TEST_TIME + 3 * SECOND, to: null, rule: every10s },
  ]);
  await second.tell("sensor.a", "3", 5);
  assert.deepEqual(await second.stored("sensor.a"), ["1@0", "2@3"]);
  second.clock.advance(5_000);
  await second.ingest.thin([]);
  assert.deepEqual(await second.stored("sensor.a"), ["1@0", "2@3", "3@5"]);
  assert.deepEqual(
    second.ingest.thinned.spans(series).map(({ to }) => to),
    [second.clock.now()],
  );
  await second.tell("sensor.a", "4", 6);
  assert.deepEqual((await second.stored("sensor.a")).at(-1), "4@6");
});

test("settings that cannot be read thin nothing and say so", async () => {
  const { tell, stored, status } = setUp({ value: { rules: "?" } });
  await tell("sensor.a", "1", 0);
  await tell("sensor.a", "2", 1);
  assert.deepEqual(await stored("sensor.a"), ["1@0", "2@1"]);
  assert.equal(status.get("thinning")?.state, "broken");
});

test("for any flood: what is kept came, in order; no two within an interval but for turns; nothing lasting is missed", async () => {
  const state = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }).map(String) },
    fc.constant("unavailable"),
  );
  const floods = fc.array(fc.record({ wait: fc.integer({ min: 1, max: 15 }), state }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(floods, async (flood) => {
      const { ingest, tell, stored } = setUp();
      await ingest.thin([every10s]);
      const told: { at: number; state: string }[] = [];
      let at = 0;
      for (const { wait, state: value } of flood) {
        at += wait;
        told.push({ at, state: value });
        await tell("sensor.a", value, at);
      }
      await ingest.close();
      const rows = (await stored("sensor.a")).map((row) => {
        const [value, second] = row.split("@");
        return { state: value as string, at: Number(second) };
      });
      const keys = new Set(told.map((one) => `${one.state}@${one.at}`));
      for (const row of rows) assert.ok(keys.has(`${row.state}@${row.at}`));
      assert.deepEqual(rows[0], { state: told[0]?.state, at: told[0]?.at });
      assert.deepEqual(rows.at(-1), told.at(-1));
      // Whatever stood for longer than the interval is there.
      for (const [i, one] of told.entries()) {
        const next = told[i + 1];
        if (next && next.at - one.at >= 10 && next.state !== one.state)
          assert.ok(
            rows.some((row) => row.at === one.at),
            `${one.state}@${one.at} of ${JSON.stringify(told)}`,
          );
      }
    }),
    { numRuns: 150, seed: 20261126 },
  );
});
