import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import type { Failure } from "../domain/failure.ts";
import { microsToRfc3339 } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { startWorker } from "../platform/worker.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import type { Store } from "../store/store.ts";
import { createHistory, type History, type PointsRequest } from "./history.ts";
import type { Answer } from "./jobs/answer.ts";
import type { EventsAnswer, HistoryAnswer } from "./shapes.ts";

const clock = createTestClock();
const opened: History[] = [];
after(() => Promise.all(opened.map((history) => history.close())));

const textOf = (answer: Answer): Promise<string> => new Response(answer).text();
const jsonOf = async <T>(answer: Promise<Answer>): Promise<T> => JSON.parse(await textOf(await answer)) as T;

async function historyOf(
  fill: (store: Store) => Promise<unknown>,
): Promise<{ store: Store; history: History; held: () => number }> {
  const store = createMemoryStore();
  const views = new Set<number>();
  const history = createHistory({
    store: {
      ...store,
      view: (narrow) => {
        const view = store.view(narrow);
        views.add(view.token);
        return view;
      },
      release: (view) => {
        views.delete(view.token);
        store.release(view);
      },
    },
    startWorker: () => startWorker("history/worker"),
    clock,
    log: silentLog,
  });
  opened.push(history);
  await fill(store);
  return { store, history, held: () => views.size };
}

const SECOND = 1_000_000;
const filled = await historyOf(async (store) => {
  await store.append([
    { kind: "series", series: 1, identity: identity("light.a") },
    { kind: "series", series: 2, identity: identity("sensor.b") },
    { kind: "series", series: 3, identity: identity("sensor.empty") },
    {
      kind: "gap",
      gap: {
        kind: "states",
        series: null,
        from: TEST_TIME - 90 * SECOND,
        to: TEST_TIME - 80 * SECOND,
        cause: "disconnected",
      },
    },
    {
      kind: "gap",
      gap: {
        kind: "events",
        series: null,
        from: TEST_TIME - 90 * SECOND,
        to: TEST_TIME - 80 * SECOND,
        cause: "disconnected",
      },
    },
  ]);
  for (let i = 100; i > 0; i--) {
    const time = TEST_TIME - i * SECOND;
    await store.append([
      {
        kind: "reading",
        reading: reading(1, i % 2 ? "on" : "off", { time, changed: time, attributes: { i, ü: [1] } }),
      },
      { kind: "reading", reading: reading(2, i === 5 ? null : `${i}.5`, { time: time + 7, changed: time }) },
      // Two at the very same moment.
      { kind: "reading", reading: reading(2, "again", { time: time + 7, changed: time }) },
      {
        kind: "event",
        event: { type: i % 3 ? "call_service" : "other", time, data: { i }, context: null, origin: "live" },
      },
    ]);
  }
});
const A = { id: 1, entityId: "light.a" };
const B = { id: 2, entityId: "sensor.b" };
const EMPTY = { id: 3, entityId: "sensor.empty" };
const ask = (request: Partial<PointsRequest>) =>
  jsonOf<HistoryAnswer>(filled.history.points({ series: [A], ...request }));

test("an answer holds every point of the window with its microseconds, its attributes on request, and the gaps", async () => {
  const answer = await ask({ from: TEST_TIME - 100 * SECOND, to: TEST_TIME - 97 * SECOND, attributes: true });
  assert.deepEqual(answer, {
    from: microsToRfc3339(TEST_TIME - 100 * SECOND),
    to: microsToRfc3339(TEST_TIME - 97 * SECOND),
    order: "oldest_first",
    series: [
      {
        entity_id: "light.a",
        series: 1,
        points: [
          [microsToRfc3339(TEST_TIME - 100 * SECOND), "off", { i: 100, ü: [1] }],
          [microsToRfc3339(TEST_TIME - 99 * SECOND), "on", { i: 99, ü: [1] }],
          [microsToRfc3339(TEST_TIME - 98 * SECOND), "off", { i: 98, ü: [1] }],
        ],
        completeness: 1,
        gaps: [],
      },
    ],
    next_cursor: null,
  });
  const touched = (await ask({ from: TEST_TIME - 85 * SECOND, to: TEST_TIME - 84 * SECOND })).series[0]?.gaps;
  assert.deepEqual(
    touched?.map((gap) => [gap.kind, gap.entity_id, gap.cause, gap.from]),
    [["states", null, "disconnected", microsToRfc3339(TEST_TIME - 90 * SECOND)]],
  );
});

test("columns hold what points hold, and times as numbers are the same times", async () => {
  const points = (await ask({ series: [A, EMPTY, B], attributes: true, times: "us" })).series;
  const columns = (await ask({ series: [A, EMPTY, B], attributes: true, times: "us", form: "columns" })).series;
  const texts = (await ask({ series: [A, EMPTY, B], attributes: true })).series;
  assert.deepEqual(
    columns.map((one) => one.times?.map((time, i) => [time, one.states?.[i], one.attributes?.[i]])),
    points.map((one) => one.points),
  );
  assert.deepEqual(
    points.map((one) => one.points?.map(([time]) => microsToRfc3339(time as number))),
    texts.map((one) => one.points?.map(([time]) => time)),
  );
  assert.equal(columns[2]?.states?.filter((state) => state === null).length, 1);
});

test("pages put together are the one big answer, whatever the limit, order and form", async () => {
  const requests = fc.record({
    series: fc.constantFrom([A], [A, B], [B, EMPTY, A], [EMPTY]),
    order: fc.constantFrom("oldest_first" as const, "newest_first" as const),
    from: fc.integer({ min: TEST_TIME - 105 * SECOND, max: TEST_TIME - 50 * SECOND }),
    to: fc.integer({ min: TEST_TIME - 50 * SECOND, max: TEST_TIME }),
    limit: fc.integer({ min: 1, max: 120 }),
  });
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const whole = await ask({ ...request, limit: 100_000 });
      assert.equal(whole.next_cursor, null);
      const pieces = new Map<string, unknown[]>();
      let cursor: string | undefined;
      do {
        const page = await ask({ ...request, cursor });
        assert.ok(page.series.reduce((sum, one) => sum + (one.points?.length ?? 0), 0) <= request.limit);
        for (const one of page.series)
          pieces.set(one.entity_id, [...(pieces.get(one.entity_id) ?? []), ...(one.points ?? [])]);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(
        [...pieces],
        whole.series.map((one) => [one.entity_id, one.points]),
      );
    }),
    { numRuns: 40 },
  );
});

test("a cursor that was altered, or is given with another question, is refused", async () => {
  const { next_cursor: cursor } = await ask({ series: [A, B], limit: 10, from: 0, to: TEST_TIME });
  assert.ok(cursor);
  const refused: [Partial<PointsRequest>, RegExp][] = [
    [{ series: [B, A], cursor }, /other entities/],
    [{ series: [A, B], cursor, to: TEST_TIME - 1 }, /another time/],
    [{ series: [A, B], cursor, order: "newest_first" }, /order/],
    [{ series: [A, B], cursor: cursor.slice(0, -4) }, /not one/],
    [{ series: [A, B], cursor: `${cursor}AAAA` }, /not one/],
    [{ series: [A, B], cursor: "" }, /not one/],
    [{ series: [A, B], cursor: Buffer.from("[1,2,0,-1,-1,null,null]").toString("base64url") }, /other entities/],
    [{ series: [A, B], cursor: Buffer.from("[2,1,0,0,1,null,null]").toString("base64url") }, /not one/],
    [{ series: [A, B], cursor: Buffer.from('[1,2,0,0,1,"a",null]').toString("base64url") }, /not one/],
    [{ series: [A, B], cursor: Buffer.from('{"length":7}').toString("base64url") }, /not one/],
  ];
  for (const [request, why] of refused)
    await assert.rejects(
      ask(request),
      (error: Failure) => error.code === "invalid_request" && why.test(error.message),
      JSON.stringify(request),
    );
});

test("events come with their gaps, by type, in pages, and singly by their id", async () => {
  const events = (request: object) => jsonOf<EventsAnswer>(filled.history.events(request));
  const all = await events({});
  assert.equal(all.events.length, 100);
  assert.deepEqual(
    all.gaps.map((gap) => gap.kind),
    ["events"],
  );
  const others = await events({ types: ["other"], order: "newest_first" });
  assert.deepEqual(others.events.map((event) => event.data.i).slice(0, 3), [3, 6, 9]);
  const pieces = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: EventsAnswer = await events({ limit: 7, cursor });
    pieces.push(...page.events);
    cursor = page.next_cursor;
  }
  assert.deepEqual(pieces, all.events);
  const one = all.events[42];
  assert.deepEqual(await jsonOf(filled.history.event(one?.id as number) as Promise<Answer>), one);
  assert.equal(await filled.history.event(1), undefined);
});

test("a long answer is a stream that holds no more than the client takes, and ends with it", async () => {
  const text = "x".repeat(200);
  const { history, held } = await historyOf(async (store) => {
    await store.append([{ kind: "series", series: 1, identity: identity("sensor.long") }]);
    await store.append(
      Array.from({ length: 30_000 }, (_, i) => {
        const time = TEST_TIME - 3_000_000 + i;
        return { kind: "reading" as const, reading: reading(1, `${text}${i}`, { time, changed: time }) };
      }),
    );
  });
  const long = { series: [{ id: 1, entityId: "sensor.long" }], limit: 100_000 };
  const whole = await history.points(long);
  assert.ok(whole instanceof ReadableStream);
  assert.equal((JSON.parse(await textOf(whole)) as HistoryAnswer).series[0]?.points?.length, 30_000);
  assert.equal(held(), 0);

  const left = (await history.points(long)) as ReadableStream<Uint8Array>;
  const reader = left.getReader();
  await reader.read();
  assert.equal(held(), 1);
  await reader.cancel();
  // Whatever comes after it in the worker's order was told of the end before.
  await ask({});
  await history.points({ ...long, limit: 1 });
  assert.equal(held(), 0);

  const gone = new AbortController();
  const answer = history.points(long, gone.signal);
  gone.abort();
  await assert.rejects(answer, { code: "store_unavailable" });
  await history.points({ ...long, limit: 1 });
  assert.equal(held(), 0);

  const stalled = (await history.points(long)) as ReadableStream<Uint8Array>;
  const slow = stalled.getReader();
  await slow.read();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(60_001);
  await history.points({ ...long, limit: 1 });
  assert.equal(held(), 0);
  await assert.rejects(async () => {
    for (;;) if ((await slow.read()).done) break;
  }, /was not taken/);
});

test("a worker that dies fails what it was doing, and the next question is answered by a new one", async () => {
  const store = createMemoryStore();
  await store.append([{ kind: "series", series: 1, identity: identity("light.a") }]);
  await store.append([{ kind: "reading", reading: reading(1, "on") }]);
  const workers: ReturnType<typeof startWorker>[] = [];
  const start = () => {
    const worker = startWorker("history/worker");
    workers.push(worker);
    return worker;
  };
  const history = createHistory({ store, startWorker: start, clock, log: silentLog });
  opened.push(history);
  const answer = history.points({ series: [A], to: TEST_TIME + 1 });
  const failed = assert.rejects(answer, (error: Failure) => error.code === "store_unavailable" && error.retry);
  await workers[0]?.terminate();
  await failed;
  const again = await jsonOf<HistoryAnswer>(history.points({ series: [A], to: TEST_TIME + 1 }));
  assert.equal(again.series[0]?.points?.length, 1);
  assert.equal(workers.length, 2);
});

test("what the store cannot read is a problem that says to ask again, and nothing of its inside", async () => {
  const store = createMemoryStore();
  const view = () => ({ engine: "of another version", token: 1, content: null });
  const history = createHistory({
    store: { ...store, view },
    startWorker: () => startWorker("history/worker"),
    clock,
    log: silentLog,
  });
  opened.push(history);
  await assert.rejects(
    history.points({ series: [A] }),
    (error: Failure) => error.code === "store_unavailable" && error.retry && !error.message.includes("version"),
  );
});
