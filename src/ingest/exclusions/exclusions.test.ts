import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import { createPatternMatcher } from "../../domain/home/exclusion.ts";
import type { Change, FeedItem } from "../../domain/home/home.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createIngest } from "../ingest.ts";
import { createExclusions } from "./exclusions.ts";

const SECOND = 1_000_000;

/** An ingest over a store and settings that outlive it, as a restart leaves them. */
function setUp(
  kept: { value: unknown } = { value: undefined },
  store = createMemoryStore(),
  disk: () => Promise<unknown> = async () => {},
) {
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  const published: string[] = [];
  const ingest = createIngest({
    append: async (entries) => {
      await disk();
      return store.append(entries);
    },
    series: store.series().values(),
    latest: store.latest,
    isHeld: async () => false,
    heldIn: async () => ({ has: () => false, holds: () => false }),
    readingsAt: async () => [],
    correct: store.correct,
    publish: {
      changes: (changes) => published.push(...changes.map(({ reading }) => `${reading.state}`)),
      events: (events) => published.push(...events.map(({ type }) => type)),
      gaps: (gaps) => published.push(...gaps.map(({ cause }) => `gap ${cause}`)),
    },
    keepThinning: { get: () => undefined, set: () => {} },
    around: async () => ({ before: undefined, after: undefined }),
    keepExclusions: {
      get: () => kept.value,
      set: (value) => {
        kept.value = structuredClone(value);
      },
    },
    clock,
    log: silentLog,
    status,
  });
  const tell = (entityId: string, state: string | null, at: number, more: Partial<Change> = {}) => {
    const time = TEST_TIME + at * SECOND;
    const rest = { attributes: {}, context: null, origin: "live", timeIsArrival: state === null } as const;
    return ingest.record([{ kind: "change", change: { entityId, state, time, changed: time, ...rest, ...more } }]);
  };
  const gaps = () =>
    store.gaps(ALL_TIME).map(({ series, from, to, cause }) => [series, from - TEST_TIME, to - TEST_TIME, cause]);
  return { ingest, store, clock, status, published, tell, gaps, kept };
}

const registered = (registryId: string, entityId: string): FeedItem => ({
  kind: "registry",
  update: {
    entities: [
      {
        registryId,
        entityId,
        name: null,
        deviceId: null,
        areaId: null,
        floorId: null,
        labels: [],
        integration: "test",
        category: null,
        modified: TEST_TIME,
      },
    ],
    removed: [],
    complete: false,
    at: TEST_TIME,
  },
});

test("a pattern is a name, or one with stars and question marks; dots and brackets are just letters", () => {
  const matches = createPatternMatcher(["light.a", "camera.*", "sensor.*_link", "switch.s?", "x.[a"]);
  const all = [
    "light.a",
    "light.ab",
    "camera.door",
    "cameraxdoor",
    "sensor.a_b_link",
    "sensor.link",
    "switch.s1",
    "switch.s12",
    "x.[a",
  ];
  assert.deepEqual(all.filter(matches), ["light.a", "camera.door", "sensor.a_b_link", "switch.s1", "x.[a"]);
});

test("what is excluded is neither stored nor published; it is counted, and its time is an open gap", async () => {
  const { ingest, store, clock, status, published, tell, kept } = setUp();
  await tell("sensor.a", "1", 0);
  clock.advance(1_000);
  await ingest.exclude(["sensor.a", "camera.*"]);
  clock.advance(1_000);
  await tell("sensor.a", "secret", 2);
  await tell("camera.door", "secret", 2);
  await tell("sensor.b", "2", 2);
  assert.deepEqual(published, ["1", "2"]);
  assert.equal(store.stats().readings, 2);
  assert.ok(!JSON.stringify(kept.value).includes("secret"));
  clock.advance(1_000);
  const { state, figures } = status.get("exclusions") ?? {};
  assert.deepEqual([state, figures], ["ok", { exclusions: 2, entities: 2, changes_left_out: 2, events_left_out: 0 }]);
  const series = ingest.holder("sensor.a") as number;
  assert.deepEqual(ingest.excluded.openGaps(ALL_TIME, series), [
    { kind: "states", series, from: TEST_TIME + SECOND, to: clock.now(), cause: "excluded", position: 0 },
  ]);
  assert.deepEqual(ingest.excluded.openGaps({ from: 0, to: TEST_TIME + SECOND }, series), []);
});

test("what is included again has its present state at once, and a gap for the time between", async () => {
  const { ingest, published, tell, gaps, clock } = setUp();
  await tell("sensor.a", "1", 0);
  clock.advance(1_000);
  await ingest.exclude(["sensor.*"]);
  await tell("sensor.a", "2", 2);
  await tell("sensor.a", "3", 4);
  clock.advance(9_000);
  await ingest.exclude([]);
  const series = ingest.holder("sensor.a");
  assert.deepEqual(published, ["1", "3", "gap excluded"]);
  assert.deepEqual(gaps(), [[series, SECOND, 4 * SECOND, "excluded"]]);
  assert.deepEqual(ingest.excluded.openGaps(ALL_TIME), []);
  await tell("sensor.a", "4", 11);
  assert.deepEqual(published.at(-1), "4");
});

test("an exclusion outlives a restart, and nothing heard before it is told after it", async () => {
  const first = setUp();
  await first.tell("sensor.a", "1", 0);
  first.clock.advance(1_000);
  await first.ingest.exclude(["sensor.a"]);
  await first.tell("sensor.a", "2", 2);
  await first.ingest.close();

  const second = setUp(first.kept, first.store);
  second.clock.advance(20_000);
  await second.tell("sensor.a", "3", 10);
  assert.deepEqual(second.published, []);
  assert.deepEqual(
    second.ingest.excluded.list().map(({ pattern }) => pattern),
    ["sensor.a"],
  );
  await second.ingest.exclude([]);
  assert.deepEqual(second.published, ["3", "gap excluded"]);
  assert.deepEqual(second.gaps(), [[second.ingest.holder("sensor.a"), SECOND, 10 * SECOND, "excluded"]]);
});

test("a hub that dies before the gap is stored files it after its restart", async () => {
  let dies = false;
  const first = setUp(undefined, undefined, async () => (dies ? new Promise<never>(() => {}) : undefined));
  await first.tell("sensor.a", "1", 0);
  first.clock.advance(1_000);
  await first.ingest.exclude(["sensor.a"]);
  await first.tell("sensor.a", "2", 2);
  dies = true;
  void first.ingest.exclude([]);
  await new Promise(setImmediate);

  const second = setUp(first.kept, first.store);
  assert.deepEqual(second.ingest.excluded.list(), []);
  await second.tell("sensor.a", "3", 10);
  assert.deepEqual(second.published, ["3", "gap excluded"]);
  assert.deepEqual(second.gaps(), [[second.ingest.holder("sensor.a"), SECOND, 10 * SECOND, "excluded"]]);
  assert.deepEqual(setUp(second.kept, second.store).ingest.excluded.openGaps(ALL_TIME), []);
});

test("an excluded entity stays excluded through a rename; a name that leaves a pattern is recorded again", async () => {
  const { ingest, published, tell, gaps } = setUp();
  await ingest.record([registered("r1", "sensor.a"), registered("r2", "light.x_a")]);
  await tell("sensor.a", "1", 0);
  await tell("light.x_a", "on", 0);
  await ingest.exclude(["sensor.a", "light.x_*"]);
  await ingest.record([registered("r1", "sensor.b"), registered("r2", "light.a")]);
  await tell("sensor.b", "2", 5);
  await tell("light.a", "off", 5);
  assert.deepEqual(published, ["1", "on", "off", "gap excluded"]);
  assert.deepEqual(gaps(), [[ingest.holder("light.a"), 0, 5 * SECOND, "excluded"]]);
});

test("an event that names only what is excluded is left out; other gaps of it are not filed twice", async () => {
  const { ingest, published, store, tell } = setUp();
  await tell("lock.door", "locked", 0);
  await tell("light.a", "on", 0);
  await ingest.exclude(["lock.door"]);
  const call = (entity_id: unknown): FeedItem => ({
    kind: "event",
    event: {
      type: "call_service",
      time: TEST_TIME,
      data: { service_data: { entity_id } },
      context: null,
      origin: "live",
    },
  });
  await ingest.record([call("lock.door"), call(["lock.door"]), call(["lock.door", "light.a"]), call(undefined)]);
  const gap = {
    kind: "states",
    entityId: "lock.door",
    from: TEST_TIME,
    to: TEST_TIME + 9,
    cause: "not_recorded",
  } as const;
  await ingest.record([{ kind: "gap", gap }]);
  assert.deepEqual(published, ["locked", "on", "call_service", "call_service"]);
  assert.equal(store.gaps(ALL_TIME).length, 0);
});

test("exclusions that cannot be read are told, not passed over", () => {
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  createExclusions({ keep: { get: () => ({ rules: "?" }), set: () => {} }, clock, status }).close();
  assert.equal(status.get("exclusions")?.state, "broken");
});
