import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import type { Origin, Reading } from "../../domain/data/reading.ts";
import { currentIdentity, type Series } from "../../domain/data/series.ts";
import type { RegistryUpdate } from "../../domain/home/home.ts";
import type { OutsideItem } from "../../domain/outside/record.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import { createHeld } from "../../history/held.ts";
import { createPresent } from "../../history/present.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createIngest } from "../ingest.ts";

const MINUTE = 60_000_000;
const NAME = "outside.weather_temperature";

function setUp(before: () => Promise<void> = async () => {}) {
  const clock = createTestClock();
  const store = createMemoryStore();
  const status = createStatusBoard({ clock });
  const keyOf = (time: number, state: string | null) => `${time} ${state}`;
  const held = createHeld({ store, keyOf });
  const published: string[] = [];
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    heldIn: held.heldIn,
    readingsAt: held.readingsAt,
    correct: async (corrections) => {
      await before();
      return store.correct(corrections);
    },
    isHeld: async () => false,
    around: held.around,
    publish: {
      changes: (changes) => void published.push(...changes.map(({ reading }) => `${reading.state} ${reading.origin}`)),
      events: () => {},
      gaps: (gaps) => void published.push(...gaps.map(({ cause }) => cause)),
    },
    keepExclusions: { get: () => undefined, set: () => {} },
    keepThinning: { get: () => undefined, set: () => {} },
    clock,
    log: silentLog,
    status,
  });
  const value = (minute: number, state: string | null, origin: Origin = "live", entityId = NAME): OutsideItem => ({
    ...{ kind: "reading", entityId, state, origin, attributes: { unit_of_measurement: "°C" } },
    time: TEST_TIME + minute * MINUTE,
  });
  const stored = async (name = NAME): Promise<string[]> => {
    const series = ingest.holder(name) as number;
    const view = store.view();
    const rows: Reading[] = [];
    const query = { series, window: ALL_TIME, order: "oldest_first", limit: 1_000, attributes: false } as const;
    for await (const page of store.reader(view).readings(query)) rows.push(...page);
    store.release(view);
    return rows.map(({ time, state, origin }) => `${(time - TEST_TIME) / MINUTE} ${state} ${origin}`);
  };
  const heard = (entityId: string, minute: number) =>
    ingest.record([
      {
        kind: "change",
        change: {
          ...{ entityId, state: "on", attributes: {}, context: null, origin: "live", timeIsArrival: false },
          time: TEST_TIME + minute * MINUTE,
          changed: TEST_TIME + minute * MINUTE,
        },
      },
    ]);
  return {
    ingest,
    store,
    held,
    status,
    published,
    value,
    stored,
    heard,
    present: createPresent(store, ingest.excluded, ingest.thinned),
  };
}

const registry = (update: Partial<RegistryUpdate> = {}): RegistryUpdate => ({
  ...{ entities: [], removed: [], complete: true, at: TEST_TIME + 100 * MINUTE },
  ...update,
});

test("values of a source are a series: news is published, what was told is not stored again", async () => {
  const { ingest, value, stored, published } = setUp();
  await ingest.recordOutside([value(0, "7"), value(15, "8")]);
  await ingest.recordOutside([value(0, "7"), value(15, "8"), value(30, "8")]);
  assert.deepEqual(await stored(), ["0 7 live", "15 8 live", "30 8 live"]);
  assert.deepEqual(published, ["7 live", "8 live", "8 live"]);
});

test("what is late lands in the past and does not become the present; what was before the source is told to nobody", async () => {
  const { ingest, value, stored, published, store } = setUp();
  await ingest.recordOutside([value(30, "9")]);
  await ingest.recordOutside([value(-60, "3", "imported"), value(10, "8")]);
  await ingest.recordOutside([value(-60, "3", "imported"), value(10, "8"), value(10, "8.5")]);
  assert.deepEqual(await stored(), ["-60 3 imported", "10 8 late", "10 8.5 late", "30 9 live"]);
  assert.deepEqual(published, ["9 live", "8 late", "8.5 late"]);
  assert.equal(store.latest(ingest.holder(NAME) as number)?.state, "9");
});

test("what a slot amounted to counts once: said anew it takes the old value's place, but never what the user put there", async () => {
  const { ingest, value, stored, published, store } = setUp();
  const slot = (minute: number, state: string, origin: Origin = "late") => ({
    ...value(minute, state, origin),
    replaces: true as const,
  });
  await ingest.recordOutside([slot(-30, "0.1", "imported"), slot(0, "0.4"), slot(30, "0.2"), slot(60, "0.3")]);
  await ingest.recordOutside([slot(-30, "0.1", "imported"), slot(0, "0.5"), slot(60, "0.3")]);
  assert.deepEqual(await stored(), ["-30 0.1 imported", "0 0.5 corrected", "30 0.2 late", "60 0.3 late"]);
  const series = ingest.holder(NAME) as number;
  const view = store.view();
  const asked = { window: { from: TEST_TIME, to: TEST_TIME + 1 }, order: "oldest_first", limit: 9 } as const;
  for await (const [row] of store.reader(view).readings({ series, ...asked, attributes: true }))
    assert.deepEqual(row?.attributes, { unit_of_measurement: "°C", instead_of: "0.4" });
  store.release(view);

  // The latest one too, and again; of before the source it is told to nobody.
  published.length = 0;
  await ingest.recordOutside([slot(60, "0.6")]);
  await ingest.recordOutside([slot(60, "0.6"), slot(60, "0.9"), slot(-30, "0.7", "imported")]);
  assert.equal(store.latest(series)?.state, "0.6");
  assert.deepEqual(published, ["0.6 corrected"]);
  assert.deepEqual(await stored(), ["-30 0.7 corrected", "0 0.5 corrected", "30 0.2 late", "60 0.6 corrected"]);

  const time = TEST_TIME + 30 * MINUTE;
  const [mine] = await rowsAt(store, series, time);
  await store.correct([{ series, time, reading: { ...(mine as Reading), state: "0.25" } }]);
  await ingest.recordOutside([slot(30, "0.2"), slot(30, "0.3")]);
  assert.deepEqual((await stored()).slice(2, 3), ["30 0.25 corrected"]);
});

test("what Home Assistant tells does not wait for a correction, which may have to wait for the store's own work", async () => {
  const merged = Promise.withResolvers<void>();
  const { ingest, value, stored, heard } = setUp(() => merged.promise);
  const slot = (state: string) => ({ ...value(0, state, "late"), replaces: true as const });
  await ingest.recordOutside([slot("0.4")]);
  const corrected = ingest.recordOutside([slot("0.5")]);
  await heard("light.kitchen", 1);
  assert.deepEqual(await stored("light.kitchen"), ["1 on live"]);
  assert.deepEqual(await stored(), ["0 0.4 late"]);
  merged.resolve();
  await corrected;
  assert.deepEqual(await stored(), ["0 0.5 corrected"]);
});

const rowsAt = (store: ReturnType<typeof createMemoryStore>, series: number, time: number) =>
  createHeld({ store, keyOf: String }).readingsAt(series, time);

test("what happens to Home Assistant's entities does not happen to a source's series", async () => {
  const { ingest, value, stored, store, held, present, heard } = setUp();
  await heard("light.kitchen", 0);
  await ingest.recordOutside([value(5, "7")]);
  await ingest.record([{ kind: "registry", update: registry() }]);
  const own = store.series().get(ingest.holder(NAME) as number) as Series;
  assert.equal(currentIdentity(own).holdsName, true);
  assert.deepEqual(await stored(), ["5 7 live"]);
  const names = held.byName(ingest.holder).entities();
  assert.deepEqual(
    names.map(({ entityId }) => entityId),
    ["light.kitchen"],
    "it is not missed in a snapshot, nor asked for in a history",
  );
  assert.deepEqual(
    [...present.followed()].map(({ entityId }) => entityId),
    ["light.kitchen"],
  );
  assert.equal((await held.newest()).changes, TEST_TIME, "a source's value is nothing heard from Home Assistant");
});

test("an entity of Home Assistant under a name of a source is left out, and said so", async () => {
  const { ingest, value, stored, status, heard } = setUp();
  await ingest.recordOutside([value(0, "7")]);
  await heard(NAME, 5);
  assert.deepEqual(await stored(), ["0 7 live"]);
  assert.match(
    status.get("outside_names")?.why ?? "",
    /outside\.weather_temperature of Home Assistant is not recorded/,
  );
});

test("a hole in what a source knew is a gap of its series; one of something that is not known here is none", async () => {
  const { ingest, value, store, published } = setUp();
  const hole = { from: TEST_TIME + MINUTE, to: TEST_TIME + 9 * MINUTE };
  await ingest.recordOutside([value(0, "7"), { kind: "gap", entityId: NAME, ...hole }, value(9, "8")]);
  await ingest.recordOutside([{ kind: "gap", entityId: "outside.weather_humidity", ...hole }]);
  assert.deepEqual(
    store.gaps(ALL_TIME).map(({ series, cause, from, to }) => ({ series, cause, from, to })),
    [{ series: ingest.holder(NAME), cause: "source_silent", ...hole }],
  );
  assert.deepEqual(published, ["7 live", "8 live", "source_silent"]);
});

test("what a source tells says nothing of whether Home Assistant is recorded; excluded by choice it is not stored", async () => {
  const { ingest, value, status, stored } = setUp();
  await ingest.recordOutside([value(0, "7")]);
  assert.equal(status.get("recording")?.state, "starting");
  await ingest.exclude(["outside.*"]);
  await ingest.recordOutside([value(5, "8")]);
  assert.deepEqual(await stored(), ["0 7 live"]);
});
