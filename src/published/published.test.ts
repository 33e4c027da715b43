import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import type { Gap } from "../domain/data/reading.ts";
import type { OutsidePresent } from "../domain/outside/outside.ts";
import type { Firing, PublishedEntry } from "../domain/published.ts";
import { createLiveBus } from "../live/topics.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createPublished } from "./published.ts";

const MINUTE = 60_000_000;

async function open(t: TestContext) {
  const clock = createTestClock();
  const store = createMemoryStore();
  const bus = createLiveBus((error) => assert.fail(String(error)));
  const board = createStatusBoard({ clock });
  board.onChange((part) => bus.publish("status", [part]));
  await store.append([
    { kind: "series", series: 1, identity: identity("light.kitchen", { from: TEST_TIME - 100 * MINUTE }) },
    { kind: "series", series: 2, identity: identity("light.gone") },
    {
      kind: "reading",
      reading: reading(1, "on", { time: TEST_TIME - 100 * MINUTE, changed: TEST_TIME - 100 * MINUTE }),
    },
    { kind: "reading", reading: reading(2, null) },
  ]);
  const state = {
    connected: true,
    perMinute: { changes: 5, events: 1 },
    holes: [] as { from: number; to: number | null }[],
    outside: [] as OutsidePresent[],
  };
  const published = createPublished({
    clock,
    bus,
    parts: board.all,
    connected: () => state.connected,
    perMinute: () => state.perMinute,
    series: store.series,
    latest: store.latest,
    gaps: store.gaps,
    stats: store.stats,
    outside: () => ({
      ...{ nameOf: String, cheapest: () => ({ why: "none" }), priced: false, alwaysOn: undefined },
      ...{ present: state.outside, now: clock.now() },
    }),
    openHoles: () => state.holes,
  });
  const told: PublishedEntry[] = [];
  const firings: Firing[] = [];
  const heard = bus.subscribe(["published", "firing"], {
    queue: 1_000,
    wake: () => {
      queueMicrotask(() => {
        for (const message of heard.take().messages)
          if (message.topic === "published") told.push(message.item);
          else firings.push(message.item);
      });
    },
  });
  t.after(() => published.close());
  const entry = (key: string) => published.list().find((one) => one.key === key) as PublishedEntry;
  return {
    clock,
    store,
    board,
    state,
    published,
    told,
    firings,
    entry,
    value: (key: string) => entry(key).value,
    pass: async (ms: number) => {
      clock.advance(ms);
      await Promise.resolve();
    },
    recordGaps: async (gaps: readonly Gap[]) => {
      const positions = await store.append(gaps.map((gap) => ({ kind: "gap", gap })));
      bus.publish(
        "gap",
        gaps.map((gap, i) => ({ ...gap, position: positions[i] as number })),
      );
      return positions;
    },
  };
}

test("every entry has a key of its own, and a value, or says why it has none", async (t) => {
  const { published } = await open(t);
  const list = published.list();
  assert.equal(new Set(list.map(({ key }) => key)).size, list.length);
  assert.ok(list.length >= 11);
  for (const { key, platform, value, available, why, eventTypes, recent } of list) {
    if (platform === "event") assert.deepEqual([eventTypes, recent], [["gap_found"], []]);
    else assert.ok(available ? value !== undefined : why, key);
    if (value === null) assert.ok(why, key);
  }
});

test("the figures are those of the hub: present entities, all series, the store, the last minute", async (t) => {
  const { value, store } = await open(t);
  const figures = ["entities", "series", "store_size", "changes_per_minute", "events_per_minute", "connected"];
  assert.deepEqual(figures.map(value), [1, 2, store.stats().bytes, 5, 1, true]);
});

test("before anything is recorded, completeness and the beginning are unavailable and say why", () => {
  const clock = createTestClock();
  const store = createMemoryStore();
  const published = createPublished({
    clock,
    bus: createLiveBus(() => {}),
    parts: () => [],
    connected: () => false,
    perMinute: () => ({ changes: 0, events: 0 }),
    series: store.series,
    latest: store.latest,
    gaps: store.gaps,
    stats: store.stats,
    outside: () => ({
      ...{ present: [], nameOf: String, cheapest: () => ({ why: "none" }), priced: false, alwaysOn: undefined },
      now: clock.now(),
    }),
    openHoles: () => [],
  });
  const without = published.list().filter(({ available }) => !available);
  assert.deepEqual(
    without.map(({ key, why, value }) => [key, why, value]),
    [
      ["completeness", "Nothing is recorded yet", undefined],
      ["recorded_since", "Nothing is recorded yet", undefined],
    ],
  );
  published.close();
});

test("completeness falls while Home Assistant is away and while a hole is open, and tells the gap that stays", async (t) => {
  const { value, state, pass, entry, recordGaps, clock } = await open(t);
  assert.equal(value("completeness"), 100);
  state.connected = false;
  value("completeness");
  await pass(60_000);
  const away = value("completeness") as number;
  assert.ok(away < 100 && away > 98.9, String(away));
  state.holes = [{ from: clock.now() - MINUTE, to: null }];
  state.connected = true;
  assert.equal(value("completeness"), away);
  state.holes = [];
  assert.equal(value("completeness"), 100);
  assert.deepEqual([value("last_gap"), entry("last_gap").why], [null, "There has been no gap"]);
  await recordGaps([{ kind: "states", series: 1, from: clock.now() - MINUTE, to: clock.now(), cause: "not_recorded" }]);
  assert.equal(value("completeness"), away);
  assert.equal(entry("last_gap").attributes?.entity_id, "light.kitchen");
});

test("figures are told once a minute, and only those that changed", async (t) => {
  const { told, state, pass } = await open(t);
  await pass(1_000);
  const all = told.splice(0).length;
  assert.ok(all >= 11);
  state.perMinute = { changes: 6, events: 1 };
  await pass(58_000);
  assert.deepEqual(told, []);
  await pass(3_000);
  assert.deepEqual(
    told.map(({ key, value }) => [key, value]),
    [["changes_per_minute", 6]],
  );
});

test("a part that fails, and the connection that is lost, are told within a second, however often they change", async (t) => {
  const { told, state, board, pass } = await open(t);
  await pass(1_000);
  told.splice(0);
  state.connected = false;
  for (let i = 0; i < 50; i++) board.set("home_assistant", { state: i % 2 ? "ok" : "degraded", why: "It is away" });
  board.set("home_assistant", { state: "degraded", why: "It is away", fix: "Wait" });
  await pass(1_000);
  const values = Object.fromEntries(told.map(({ key, value }) => [key, value]));
  assert.deepEqual([values.connected, values.problem], [false, true]);
  assert.equal(told.filter(({ key }) => key === "connected").length, 1);
  assert.deepEqual(told.find(({ key }) => key === "problem")?.attributes, {
    problems: [{ part: "home_assistant", state: "degraded", why: "It is away", fix: "Wait" }],
  });
  told.splice(0);
  board.set("home_assistant", { state: "degraded", why: "It is away", fix: "Wait", figures: { reconnects: 7 } });
  await pass(2_000);
  assert.deepEqual(told, []);
});

test("gaps found together are one firing for each kind and cause, with names, span and a rising id", async (t) => {
  const { firings, recordGaps, pass, entry } = await open(t);
  const gap = { from: TEST_TIME, to: TEST_TIME + 5, series: 1 } as const;
  const positions = await recordGaps([
    { ...gap, kind: "states", cause: "not_recorded" },
    { ...gap, kind: "events", series: null, cause: "disconnected" },
    { ...gap, kind: "states", cause: "not_recorded", to: TEST_TIME + 9 },
  ]);
  await pass(1_000);
  assert.deepEqual(
    firings.map(({ id, attributes }) => [id, attributes.kind, attributes.gaps, attributes.entities, attributes.to]),
    [
      [positions[1], "events", 1, [], "2026-11-23T17:35:26.760006Z"],
      [positions[2], "states", 2, ["light.kitchen"], "2026-11-23T17:35:26.760010Z"],
    ],
  );
  assert.deepEqual(entry("gap").recent, firings);
  await recordGaps([{ ...gap, kind: "states", series: null, cause: "no_history" }]);
  await pass(1_000);
  assert.equal(firings.at(-1)?.attributes.every_entity, true);
  assert.ok((firings.at(-1)?.id as number) > (positions[2] as number));
});

test("a source that knew nothing is no hole in the home's recording, and its series are no entities", async (t) => {
  const { value, entry, store, recordGaps, pass, firings } = await open(t);
  const before = [value("entities"), value("completeness"), JSON.stringify(entry("last_gap"))];
  await store.append([
    { kind: "series", series: 3, identity: identity("outside.weather_temperature") },
    { kind: "reading", reading: reading(3, "7") },
  ]);
  const window = { from: TEST_TIME - 90 * MINUTE, to: TEST_TIME - MINUTE };
  await recordGaps([{ kind: "states", series: 3, ...window, cause: "source_silent" }]);
  await pass(2_000);
  assert.deepEqual([value("entities"), value("completeness"), JSON.stringify(entry("last_gap"))], before);
  assert.deepEqual(firings, []);
});

test("what is offered no longer is told as absent once, so that nobody goes on showing its last value", async (t) => {
  const { state, told, pass } = await open(t);
  const known = { source: "epex", kind: "pricing", quantity: "price", unit: "EUR/kWh", provider: "entity" } as const;
  state.outside = [{ ...known, value: 0.25, time: TEST_TIME, fetched: TEST_TIME }];
  await pass(61_000);
  state.outside = [];
  await pass(61_000);
  await pass(61_000);
  assert.deepEqual(
    told.filter(({ key }) => key === "outside_epex_price").map(({ available, value }) => [available, value]),
    [
      [true, 0.25],
      [false, undefined],
    ],
  );
});
