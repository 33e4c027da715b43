import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { bruteForce, type Row } from "../../../tests/support/data/brute-force.ts";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import type { Attributes } from "../../domain/data/reading.ts";
import { numberOf } from "../../domain/data/summary.ts";
import type { Window } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createHistory, type PointsRequest } from "../history.ts";
import type { Answer } from "../jobs/answer.ts";
import type { AtAnswer, EventsAnswer, HistoryAnswer } from "../shapes.ts";
import { matcherOf } from "./search.ts";

const clock = createTestClock();
const store = createMemoryStore();
const open: { from: number; to: number | null }[] = [];
const history = createHistory({
  store,
  startWorker: () => startWorker("history/worker"),
  openHoles: () => open,
  clock,
  log: silentLog,
});
after(async () => {
  await history.close();
  await store.close();
});

const SECOND = 1_000_000;
const FROM = TEST_TIME - 1000 * SECOND;
const jsonOf = async <T>(answer: Answer): Promise<T> => JSON.parse(await new Response(answer).text()) as T;

let count = 0;
async function fill(rows: readonly Row[], gaps: readonly Window[], attributes: Attributes = {}) {
  const id = ++count;
  const entityId = `sensor.s${id}`;
  await store.append([
    { kind: "series", series: id, identity: identity(entityId) },
    ...rows.map((row) => ({ kind: "reading" as const, reading: reading(id, row.state, { ...row, attributes }) })),
    ...gaps.map(({ from, to }) => ({
      kind: "gap" as const,
      gap: { kind: "states" as const, series: id, from, to, cause: "disconnected" as const },
    })),
  ]);
  return { id, entityId };
}
const ask = async (request: PointsRequest) => (await jsonOf<HistoryAnswer>(await history.points(request))).series;

const state = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -50, max: 900 }).map((n) => (n / 10).toFixed(1)) },
  { weight: 1, arbitrary: fc.constantFrom<string | null>("unavailable", null) },
);
const text = fc.constantFrom<string | null>("on", "on", "off", "unavailable", null);
const offset = fc.integer({ min: -200 * SECOND, max: 1100 * SECOND });
const rowsOf = (states: fc.Arbitrary<string | null>) =>
  fc
    .array(fc.record({ offset, state: states }), { maxLength: 120 })
    .map((all) => all.map((row): Row => ({ time: FROM + row.offset, changed: FROM + row.offset, state: row.state })));
const gaps = fc.array(
  fc.tuple(offset, fc.integer({ min: 1, max: 300 * SECOND })).map(([from, length]) => ({
    from: FROM + from,
    to: FROM + from + length,
  })),
  { maxLength: 3 },
);
const order = fc.constantFrom("oldest_first" as const, "newest_first" as const);
const WINDOW = { from: FROM, to: TEST_TIME + 50 * SECOND };
const sorted = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => a.time - b.time);

test("the completeness of an answer is the share of its window until now that is known, in either order", () =>
  fc.assert(
    fc.asyncProperty(rowsOf(state), gaps, order, fc.boolean(), async (rows, holes, direction, chosen) => {
      const one = await fill(rows, holes, { unit_of_measurement: "W" });
      const request = { series: [one], ...WINDOW, order: direction, ...(chosen ? { mostPoints: 10 } : {}) };
      const [found] = await ask(request);
      const until = { from: FROM, to: TEST_TIME };
      const { completeness } = bruteForce(sorted(rows), until, holes, TEST_TIME);
      assert.ok(Math.abs((found?.completeness ?? -1) - completeness) < 1e-9, `${found?.completeness} ${completeness}`);
    }),
    { numRuns: 150, seed: 20261126 },
  ));

test("with max_points numbers keep what a line needs: real readings alone, with the first, last, least and most of all", () =>
  fc.assert(
    fc.asyncProperty(rowsOf(state), order, fc.integer({ min: 10, max: 60 }), async (rows, direction, most) => {
      const one = await fill(rows, [], { unit_of_measurement: "W" });
      const request = { series: [one], ...WINDOW, order: direction, times: "us" as const };
      const [all] = await ask(request);
      const [found] = await ask({ ...request, mostPoints: most });
      const points = found?.points ?? [];
      const every = all?.points ?? [];
      assert.equal(found?.sampled?.of, every.length);
      assert.ok(points.length <= most);
      if (every.length <= most) {
        assert.deepEqual(points, every);
        assert.deepEqual(found?.sampled, { of: every.length, method: "none", complete: true });
        return;
      }
      assert.equal(found?.sampled?.method, "peaks");
      // A part of them, in their order.
      let at = 0;
      for (const point of points) {
        while (at < every.length && JSON.stringify(every[at]) !== JSON.stringify(point)) at++;
        assert.ok(at++ < every.length, `${point} is not there, or out of order`);
      }
      const numbers = (of: typeof points) => of.map(([, text]) => numberOf(text)).filter((n) => !Number.isNaN(n));
      assert.equal(Math.max(...numbers(points)), Math.max(...numbers(every)));
      assert.equal(Math.min(...numbers(points)), Math.min(...numbers(every)));
      assert.deepEqual([points[0], points.at(-1)], [every[0], every.at(-1)]);
    }),
    { numRuns: 150, seed: 20261126 },
  ));

test("with max_points texts keep every change up to the limit, and say where there were more", () =>
  fc.assert(
    fc.asyncProperty(rowsOf(text), order, async (rows, direction) => {
      const one = await fill(rows, []);
      const request = { series: [one], ...WINDOW, order: direction, times: "us" as const };
      const every = (await ask({ ...request, order: "oldest_first" }))[0]?.points ?? [];
      const [found] = await ask({ ...request, mostPoints: 10 });
      const changes = every.filter(([, now], i) => i === 0 || every[i - 1]?.[1] !== now);
      if (direction === "newest_first") changes.reverse();
      if (every.length <= 10) return;
      assert.deepEqual(found?.points, changes.slice(0, 10));
      assert.deepEqual(found?.sampled, { of: every.length, method: "changes", complete: changes.length <= 10 });
    }),
    { numRuns: 150, seed: 20261126 },
  ));

test("series of which points are chosen come whole, and pages put together are all of them", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const time = FROM + i * SECOND;
    return { time, changed: time, state: `${(i * 37) % 101}` };
  });
  const series = await Promise.all([1, 2, 3].map(() => fill(rows, [], { unit_of_measurement: "W" })));
  const request = { series, ...WINDOW, mostPoints: 40, limit: 60 };
  const found = [];
  let pages = 0;
  for (let cursor: string | null | undefined; cursor !== null; pages++) {
    const page: HistoryAnswer = await jsonOf(await history.points({ ...request, ...(cursor ? { cursor } : {}) }));
    found.push(...page.series);
    cursor = page.next_cursor;
  }
  assert.equal(pages, 3);
  assert.deepEqual(found, await ask({ series, ...WINDOW, mostPoints: 40 }));
});

test("a moment shows the last reading until then, itself included, and what is not known with its reason", async () => {
  const at = (seconds: number) => FROM + seconds * SECOND;
  const row = (seconds: number, text: string | null) => ({ time: at(seconds), changed: at(seconds), state: text });
  const a = await fill([row(0, "on"), row(10, "off"), row(20, null)], [{ from: at(12), to: at(15) }], { x: 1 });
  const b = await fill([row(14, "5")], []);
  const states = async (seconds: number, attributes = false) => {
    const answer = await history.at({ series: [a, b], time: at(seconds), attributes });
    return (await jsonOf<AtAnswer>(answer)).states.map((one) => [one.state, one.known, one.gap?.cause ?? null]);
  };
  assert.deepEqual(await states(10), [
    ["off", true, null],
    [null, false, null],
  ]);
  assert.deepEqual(await states(9.999999), [
    ["on", true, null],
    [null, false, null],
  ]);
  assert.deepEqual(await states(14), [
    ["off", false, "disconnected"],
    ["5", true, null],
  ]);
  assert.deepEqual(await states(15, true), [
    ["off", true, null],
    ["5", true, null],
  ]);
  assert.deepEqual((await states(25))[0], [null, true, null]);
  open.push({ from: at(30), to: null });
  assert.deepEqual((await states(31))[1], ["5", false, "disconnected"]);
  open.length = 0;
  const answer = await jsonOf<AtAnswer>(await history.at({ series: [a], time: at(3), attributes: true }));
  assert.deepEqual(answer.states[0]?.attributes, { x: 1 });
});

const event = (
  data: Attributes,
  context: { id: string; parentId: string | null; userId: string | null } | null = null,
) => ({
  type: "call_service",
  time: 1,
  data,
  context,
  origin: "live" as const,
});
const NONE = { words: [], entities: undefined, user: undefined, context: undefined };

test("events are found by words, by the entities they name, by user and by context", () => {
  const called = event(
    { domain: "Light", service_data: { entity_id: ["light.kitchen", "light.hall"], note: "Öl, 5 °C", level: 30 } },
    { id: "c1", parentId: "c0", userId: "u1" },
  );
  const found = (search: Partial<typeof NONE> | object, of = called) => matcherOf({ ...NONE, ...search })(of);
  assert.equal(found({ words: ["öl", "light", "CALL_service", "30"] }), true);
  assert.equal(found({ words: ["öl", "fan"] }), false);
  assert.equal(found({ entities: ["light.hall"] }), true);
  assert.equal(found({ entities: ["light.hal"] }), false);
  assert.equal(found({ entities: ["light.b"] }, event({ entity_id: "light.a, light.b" })), true);
  assert.equal(found({ user: "u1", context: "c0" }), true);
  assert.equal(found({ user: "u2" }), false);
  assert.equal(found({ context: "c2" }), false);
  assert.equal(found({ user: "u1" }, event({})), false);
  let deep: Attributes = { a: "needle" };
  for (let i = 0; i < 10_000; i++) deep = { deep };
  assert.equal(found({ words: ["needle"] }, event(deep)), false);
});

test("a search pages through what it finds, in either order, and finds nothing where nothing fits", async () => {
  await store.append(
    Array.from({ length: 300 }, (_, i) => ({
      kind: "event" as const,
      event: { ...event({ i, entity_id: i % 3 === 0 ? "light.a" : "light.b" }), time: FROM + i },
    })),
  );
  for (const direction of ["oldest_first", "newest_first"] as const) {
    const request = { ...WINDOW, order: direction, limit: 7, search: { ...NONE, entities: ["light.a"] } };
    const found = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: EventsAnswer = await jsonOf(await history.events({ ...request, ...(cursor ? { cursor } : {}) }));
      found.push(...page.events.map(({ data }) => data.i as number));
      cursor = page.next_cursor;
    }
    const expected = Array.from({ length: 100 }, (_, i) => i * 3);
    assert.deepEqual(found, direction === "oldest_first" ? expected : expected.reverse());
  }
  const nothing = await jsonOf<EventsAnswer>(
    await history.events({ ...WINDOW, search: { ...NONE, words: ["nowhere"] } }),
  );
  assert.deepEqual([nothing.events, nothing.next_cursor], [[], null]);
});

test("a time at which Home Assistant was not heard is no hole of a source's series", async () => {
  const ids = [++count, ++count];
  const [ofHome, ofSource] = ["sensor.roof", "outside.weather_temperature"];
  const series = [ofHome, ofSource].map((entityId, i) => ({ id: ids[i] as number, entityId: entityId as string }));
  for (const { id, entityId } of series)
    await store.append([
      { kind: "series", series: id, identity: identity(entityId) },
      { kind: "reading", reading: reading(id, "7", { time: FROM }) },
    ]);
  open.push({ from: FROM + 10 * SECOND, to: null });
  const answer = await history.at({ series, time: FROM + 20 * SECOND });
  open.length = 0;
  const { states } = await jsonOf<AtAnswer>(answer as Answer);
  assert.deepEqual(
    states.map(({ entity_id, state: told, known }) => [entity_id, told, known]),
    [
      [ofHome, "7", false],
      [ofSource, "7", true],
    ],
  );
});
