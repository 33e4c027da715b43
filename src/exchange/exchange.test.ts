import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { parseCsv } from "../../tests/support/data/csv.ts";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import type { Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { currentIdentity } from "../domain/data/series.ts";
import type { Failure } from "../domain/failure.ts";
import { ALL_TIME, microsToRfc3339 } from "../domain/time/time.ts";
import type { Answer } from "../history/history.ts";
import { contextShape, eventShape, readingShape } from "../history/shapes.ts";
import { silentLog } from "../platform/told/log.ts";
import { startWorker } from "../platform/worker.ts";
import { entry } from "../store/conformance/random.ts";
import { ATTRIBUTES, STATES } from "../store/conformance/support/exact-values.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import type { Store } from "../store/store.ts";
import { createExchange, type Exchange, type ExportRequest } from "./exchange.ts";
import { EVENT_COLUMNS, READING_COLUMNS } from "./plan.ts";

const clock = createTestClock();
const opened: Exchange[] = [];
after(() => Promise.all(opened.map((exchange) => exchange.close())));

const textOf = (answer: Answer): Promise<string> => new Response(answer).text();

/** What is exported of the store that `current` names: one worker serves all of them. */
function exchangeOf(current: () => Store): Exchange & { held(): number; workers(): number } {
  const views = new Set<number>();
  let workers = 0;
  const exchange = createExchange({
    store: {
      view: (narrow) => {
        const view = current().view(narrow);
        views.add(view.token);
        return view;
      },
      release: (view) => {
        views.delete(view.token);
        current().release(view);
      },
      noteDamages: (found) => current().noteDamages(found),
      gaps: (window) => current().gaps(window),
    },
    unitOfStatistics: (series) => (series === 2 ? "kWh" : null),
    startWorker: () => {
      workers++;
      return startWorker("exchange/worker");
    },
    clock,
    log: silentLog,
  });
  opened.push(exchange);
  return Object.assign(exchange, { held: () => views.size, workers: () => workers });
}

const seriesOf = (store: Store) =>
  [...store.series().values()].map((one) => ({ id: one.id, entityId: currentIdentity(one).entityId }));

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

async function readingsOf(store: Store, series: SeriesId): Promise<Stored<Reading>[]> {
  const view = store.view();
  const reader = store.reader(view);
  const query = { series, window: ALL_TIME, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;
  const rows = await collect(reader.readings({ ...query, attributes: true }));
  await reader.close();
  store.release(view);
  return rows;
}

/** Times that have no RFC 3339 text are not what this is about. */
const hasText = (time: number) => Math.abs(time) < 8e15;

let store: Store = createMemoryStore();
const exchange = exchangeOf(() => store);
const exported = async (request: Partial<ExportRequest>) =>
  textOf(await exchange.export({ format: "ndjson", kinds: ["readings"], series: seriesOf(store), ...request }));
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** By JSON: what is a number beyond doubles here is its text there. */
const asJson = (value: unknown): string => JSON.stringify(value);

async function assertWhole(): Promise<number> {
  const all = (await Promise.all(seriesOf(store).map(({ id }) => readingsOf(store, id)))).flat();
  const nameOf = new Map(seriesOf(store).map(({ id, entityId }) => [id, entityId]));
  const shapes = all.map((one) => readingShape(one, nameOf.get(one.series) as string));
  const gaps = store.gaps(ALL_TIME);

  const lines = (await exported({ columns: READING_COLUMNS })).trimEnd().split("\n");
  const expected = shapes.map((shape) => {
    const of = shape as unknown as Record<string, unknown>;
    return `{"kind":"reading",${READING_COLUMNS.map((column) => `"${column}":${asJson(of[column])}`).join(",")}}`;
  });
  assert.deepEqual(lines.slice(0, all.length), expected);
  const stateGaps = gaps.filter(({ kind }) => kind === "states").length;
  assert.equal(lines.length, all.length + stateGaps + 1);
  assert.equal(
    lines.at(-1),
    `{"kind":"end","readings":${all.length},"events":0,"statistics":0,"gaps":${stateGaps},"rolled_up":0,"damaged":0,"from":null,"to":null}`,
  );

  // Time and state alone are written by another way: column by column.
  const short = (await exported({})).trimEnd().split("\n");
  assert.deepEqual(
    short.slice(0, all.length),
    shapes.map(
      (one) => `{"kind":"reading","entity_id":"${one.entity_id}","time":"${one.time}","state":${asJson(one.state)}}`,
    ),
  );
  const shortCsv = parseCsv(await exported({ format: "csv", columns: ["time", "state", "series"] }));
  assert.deepEqual(
    shortCsv.slice(1, all.length + 1),
    shapes.map((one) => [one.time, one.state?.toWellFormed() ?? null, String(one.series)]),
  );

  const [head, ...records] = parseCsv(await exported({ format: "csv", columns: READING_COLUMNS }));
  assert.deepEqual(head, [...READING_COLUMNS]);
  let replaced = 0;
  const cells = shapes.map((shape) =>
    READING_COLUMNS.map((column) => {
      const value = (shape as unknown as Record<string, unknown>)[column];
      if (value === null) return null;
      if (typeof value !== "string") return asJson(value);
      if (!value.isWellFormed()) replaced++;
      return value.toWellFormed();
    }),
  );
  assert.deepEqual(records.slice(0, all.length), cells);
  for (const record of records) assert.equal(record.length, READING_COLUMNS.length);
  const end = `#end readings=${all.length} events=0 statistics=0 gaps=${stateGaps} rolled_up=0 damaged=0 replaced=`;
  const halves = shapes.filter(({ state }) => state?.isWellFormed() === false).length;
  assert.equal(shortCsv.at(-1)?.[0], `${end}${halves}`);
  assert.equal(
    records.at(-1)?.[0],
    `#end readings=${all.length} events=0 statistics=0 gaps=${stateGaps} rolled_up=0 damaged=0 replaced=${replaced}`,
  );
  return all.length;
}

test("every row that is read is exported, with its exact texts, attributes and times, in both formats", async () => {
  store = createMemoryStore();
  await store.append([{ kind: "series", series: 1, identity: identity("sensor.odd") }]);
  await store.append([{ kind: "series", series: 2, identity: identity("sensor.none") }]);
  const texts = [...Object.values(STATES), 'a,"b"', "a,b", '"', "\n", "\r", " x ", "#end", "=1+1", "1\t2", "é,"];
  const odd = [
    ...texts.map((state) => ({ state })),
    ...Object.values(ATTRIBUTES).map((attributes) => ({ state: "1", attributes })),
    { state: "x", context: { id: "a,b", parentId: null, userId: '"' }, flaws: ["clock_skew" as const] },
    { state: null, timeIsArrival: true, origin: "late" as const },
  ];
  for (const [i, more] of odd.entries()) {
    const time = TEST_TIME + i * 60_000_000_001;
    await store.append([
      { kind: "reading", reading: reading(1, "", { time, changed: time - (i % 2) * 86_400_000_000, ...more }) },
    ]);
  }
  assert.equal(await assertWhole(), odd.length);
});

test("whatever was stored in whatever order is exported whole", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (entries) => {
      store = createMemoryStore();
      for (const id of [1, 2, 3, 40_000])
        await store.append([{ kind: "series", series: id, identity: identity(`light.s${id}`) }]);
      for (const one of entries) {
        const times =
          one.kind === "reading"
            ? [one.reading.time, one.reading.changed]
            : one.kind === "event"
              ? [one.event.time]
              : one.kind === "gap"
                ? [one.gap.from, one.gap.to]
                : [];
        if (times.every(hasText)) await store.append([one]).catch(() => {});
      }
      await assertWhole();
      await assertEvents();
    }),
    { numRuns: 60 },
  );
});

async function assertEvents(): Promise<void> {
  const view = store.view();
  const reader = store.reader(view);
  const query = { window: ALL_TIME, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;
  const events = await collect(reader.events(query));
  await reader.close();
  store.release(view);
  const lines = (await exported({ kinds: ["events"] })).trimEnd().split("\n");
  const asked = events.map((event) => {
    const of = eventShape(event) as unknown as Record<string, unknown>;
    return `{"kind":"event",${EVENT_COLUMNS.map((column) => `"${column}":${asJson(of[column])}`).join(",")}}`;
  });
  assert.deepEqual(lines.slice(0, events.length), asked);
  const [, ...records] = parseCsv(await exported({ kinds: ["events"], format: "csv" }));
  assert.deepEqual(
    records.slice(0, events.length),
    events.map((event) => [
      String(event.position),
      microsToRfc3339(event.time),
      event.type.toWellFormed(),
      asJson(event.data),
      event.context && asJson(contextShape(event.context)),
      event.origin,
    ]),
  );
}

const SECOND = 1_000_000;
async function smallStore(): Promise<void> {
  store = createMemoryStore();
  await store.append([
    { kind: "series", series: 1, identity: identity("light.a") },
    { kind: "series", series: 2, identity: identity("sensor.b") },
    ...["-5.3", "=1+1", "+x", "@a", "plain"].map((state, i) => ({
      kind: "reading" as const,
      reading: reading(2, state, { time: TEST_TIME + i, changed: TEST_TIME + i }),
    })),
    { kind: "reading", reading: reading(1, "on", { time: TEST_TIME - SECOND, changed: TEST_TIME - SECOND }) },
    { kind: "event", event: { type: "a", time: TEST_TIME, data: {}, context: null, origin: "live" } },
    { kind: "event", event: { type: "b", time: TEST_TIME + 1, data: {}, context: null, origin: "live" } },
    { kind: "gap", gap: { kind: "states", series: null, from: TEST_TIME - 9, to: TEST_TIME, cause: "hub_stopped" } },
    { kind: "gap", gap: { kind: "states", series: 1, from: TEST_TIME, to: TEST_TIME + 9, cause: "not_recorded" } },
    { kind: "gap", gap: { kind: "events", series: null, from: TEST_TIME, to: TEST_TIME + 9, cause: "paused" } },
  ]);
}

test("gaps are named behind the rows, those of the asked entities and kinds alone, and a file may hold nothing else", async () => {
  await smallStore();
  const causes = async (request: Partial<ExportRequest>) =>
    linesOf(await exported(request)).flatMap((line) =>
      line.kind === "gap" ? [`${line.cause} ${line.entity_id}`] : [],
    );
  const b = [{ id: 2, entityId: "sensor.b" }];
  assert.deepEqual(await causes({}), ["hub_stopped null", "not_recorded light.a"]);
  assert.deepEqual(await causes({ series: b }), ["hub_stopped null"]);
  assert.deepEqual(await causes({ kinds: ["events"] }), ["paused null"]);
  assert.equal((await causes({ kinds: ["gaps"] })).length, 3);
  assert.deepEqual(await causes({ from: TEST_TIME }), ["not_recorded light.a"]);
  const csv = parseCsv(await exported({ format: "csv", kinds: ["gaps"], times: "us" }));
  assert.equal(csv.length, 5);
  assert.deepEqual(csv[1]?.slice(1), ["states", null, null, String(TEST_TIME - 9), String(TEST_TIME), "hub_stopped"]);
  const rows = parseCsv(await exported({ format: "csv" }));
  assert.deepEqual(
    rows.slice(-3).map(([first]) => first),
    [
      `#gap of=states from=${microsToRfc3339(TEST_TIME - 9)} to=${microsToRfc3339(TEST_TIME)} cause=hub_stopped`,
      `#gap of=states entity_id=light.a from=${microsToRfc3339(TEST_TIME)} to=${microsToRfc3339(TEST_TIME + 9)} cause=not_recorded`,
      "#end readings=6 events=0 statistics=0 gaps=2 rolled_up=0 damaged=0 replaced=0",
    ],
  );
});

test("a window has its end outside, columns come as asked, times as numbers, several kinds in one NDJSON file", async () => {
  await smallStore();
  const text = await exported({
    kinds: ["events", "readings"],
    columns: ["time", "state", "type"],
    times: "us",
    types: ["b"],
    from: TEST_TIME + 1,
    to: TEST_TIME + 3,
  });
  assert.deepEqual(
    text.split("\n").filter((line) => !line.includes('"gap"')),
    [
      `{"kind":"reading","time":${TEST_TIME + 1},"state":"=1+1"}`,
      `{"kind":"reading","time":${TEST_TIME + 2},"state":"+x"}`,
      `{"kind":"event","time":${TEST_TIME + 1},"type":"b"}`,
      `{"kind":"end","readings":2,"events":1,"statistics":0,"gaps":2,"rolled_up":0,"damaged":0,"from":${TEST_TIME + 1},"to":${TEST_TIME + 3}}`,
      "",
    ],
  );
});

test("for a spreadsheet, a text that it would calculate gets a quote mark; a number does not", async () => {
  await smallStore();
  const states = async (spreadsheet: boolean) =>
    parseCsv(await exported({ format: "csv", series: [{ id: 2, entityId: "sensor.b" }], spreadsheet }))
      .slice(1, 6)
      .map((record) => record[2]);
  assert.deepEqual(await states(false), ["-5.3", "=1+1", "+x", "@a", "plain"]);
  assert.deepEqual(await states(true), ["-5.3", "'=1+1", "'+x", "'@a", "plain"]);
});

test("what cannot be a file is refused with a way to mend it", async () => {
  await smallStore();
  const refused: [Partial<ExportRequest>, RegExp][] = [
    [{ format: "csv", kinds: ["readings", "events"] }, /one kind of rows/],
    [{ format: "csv", columns: ["state", "time"] }, /first column/],
    [{ columns: ["time", "type"] }, /readings have no column type/],
    [{ kinds: ["readings", "events"], columns: ["state"] }, /no column of events/],
    [{ kinds: ["gaps"], columns: ["time"] }, /gaps have no column time/],
  ];
  for (const [request, why] of refused)
    await assert.rejects(
      exported(request),
      (error: Failure) => error.code === "invalid_request" && why.test(error.message) && error.fix !== undefined,
    );
});

test("an export is made as fast as it is taken, ends with its client, and its worker rests when nobody asks", async () => {
  const long = createMemoryStore();
  store = long;
  await long.append([{ kind: "series", series: 1, identity: identity("sensor.long") }]);
  await long.append(
    Array.from({ length: 60_000 }, (_, i) => ({
      kind: "reading" as const,
      reading: reading(1, `${"x".repeat(60)}${i}`, { time: TEST_TIME + i, changed: TEST_TIME + i }),
    })),
  );
  const own = exchangeOf(() => long);
  assert.equal(own.workers(), 0);
  const request: ExportRequest = { format: "csv", kinds: ["readings"], series: seriesOf(long) };
  const answer = (await own.export(request)) as ReadableStream<Uint8Array>;
  const reader = answer.getReader();
  await reader.read();
  assert.equal(own.held(), 1);
  await reader.cancel();
  // A worker's answers come in order: what was left is over once this one is there.
  assert.match(await textOf(await own.export({ ...request, to: TEST_TIME + 1 })), /#end readings=1 /);
  assert.equal(own.held(), 0);
  const gone = new AbortController();
  const unwanted = own.export(request, gone.signal);
  gone.abort();
  await assert.rejects(unwanted, { code: "store_unavailable" });

  // A pause of minutes is a person's; what nobody takes for longer is given up, and looks like what it is.
  const slow = ((await own.export(request)) as ReadableStream<Uint8Array>).getReader();
  await slow.read();
  clock.advance(5 * 60_000);
  assert.deepEqual([own.running], [1]);
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (own.running === 0) break;
    clock.advance(11 * 60_000);
  }
  await assert.rejects(async () => {
    for (;;) if ((await slow.read()).done) break;
  }, /was not taken/);
  await own.export({ ...request, to: TEST_TIME + 1 });
  assert.equal(own.held(), 0);
  assert.equal(own.workers(), 1);
  clock.advance(61_000);
  assert.match(await textOf(await own.export(request)), /#end readings=60000 /);
  assert.equal(own.workers(), 2);
});
