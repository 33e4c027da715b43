import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { bruteForce, localEdges, type Row, type Unit } from "../../../tests/support/data/brute-force.ts";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import type { Gap } from "../../domain/data/reading.ts";
import { numberOf } from "../../domain/data/summary.ts";
import { microsFromRfc3339, type Window } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createHistory, type History, type StatisticsRequest } from "../history.ts";
import { FUNCTIONS, type StatisticsAnswer } from "./shapes.ts";

const clock = createTestClock();
const store = createMemoryStore();
const history: History = createHistory({
  store,
  startWorker: () => startWorker("history/worker"),
  clock,
  log: silentLog,
});
after(async () => {
  await history.close();
  await store.close();
});

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const at = (text: string): number => microsFromRfc3339(text) as number;

let count = 0;
/** Every run has a series of its own in the one store. */
async function fill(
  rows: readonly Row[],
  gaps: readonly Window[] = [],
  attributes = {},
): Promise<StatisticsRequest["series"]> {
  const id = ++count;
  const entityId = `sensor.s${id}`;
  await store.append([
    { kind: "series", series: id, identity: identity(entityId) },
    ...rows.map((row) => ({ kind: "reading" as const, reading: reading(id, row.state, { ...row, attributes }) })),
    ...gaps.map(({ from, to }): { kind: "gap"; gap: Gap } => ({
      kind: "gap",
      gap: { kind: "states", series: id, from, to, cause: "disconnected" },
    })),
  ]);
  return [{ id, entityId }];
}

async function ask(request: Omit<StatisticsRequest, "timeZone"> & { timeZone?: string }): Promise<StatisticsAnswer> {
  const answer = await history.statistics({ timeZone: "UTC", ...request });
  return JSON.parse(await new Response(answer).text()) as StatisticsAnswer;
}

/** Where clocks change, half an hour too, where a day was left out, a leap day, and a year's end. */
const MOMENTS = [
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Asia/Kathmandu", "2026-02-28T18:15:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["Europe/Berlin", "2024-02-29T12:00:00Z"],
  ["America/St_Johns", "2025-12-31T23:00:00Z"],
] as const;

const state = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -200, max: 9000 }).map((n) => (n / 100).toFixed(1)) },
  { weight: 2, arbitrary: fc.constantFrom<string | null>("unavailable", "unknown", "on", "off", null) },
);
/** Days around a moment, and whole hours among them, so that readings fall on the edges of buckets too. */
const offset = fc.oneof(
  fc.integer({ min: -3 * DAY, max: 3 * DAY }),
  fc.integer({ min: -72, max: 72 }).map((hours) => hours * HOUR),
  fc.integer({ min: -40 * DAY, max: 40 * DAY }),
);
const history_ = fc.record({
  moment: fc.constantFrom(...MOMENTS),
  rows: fc.array(fc.record({ offset, state, same: fc.boolean() }), { maxLength: 40 }),
  gaps: fc.array(fc.tuple(offset, fc.integer({ min: 1, max: 2 * DAY })), { maxLength: 4 }),
  from: offset,
  length: fc.oneof(fc.integer({ min: 1, max: 3 * DAY }), fc.integer({ min: 1, max: 40 * DAY })),
  now: fc.oneof(fc.constant(60 * DAY), offset),
});

function near(found: unknown, expected: unknown, size: number, what: string): void {
  if (typeof expected !== "number") assert.deepEqual(found, expected, what);
  else
    assert.ok(
      typeof found === "number" && Math.abs(found - expected) <= 1e-9 * Math.max(1, size),
      `${what}: ${found} ${expected}`,
    );
}

const sorted = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => a.time - b.time);

function rowsOf(moment: number, rows: readonly { offset: number; state: string | null; same: boolean }[]): Row[] {
  return rows.map((row) => {
    const time = moment + row.offset;
    return { time, changed: row.same ? time - 1 : time, state: row.state };
  });
}

async function agrees(
  given: {
    moment: readonly [string, string];
    rows: { offset: number; state: string | null; same: boolean }[];
    gaps: [number, number][];
    from: number;
    length: number;
    now: number;
  },
  resolution: "1h" | "1d" | "1w" | "1mo" | "window",
  edgesOf: (zone: string, window: Window) => number[],
  limit: number,
): Promise<void> {
  const [zone, text] = given.moment;
  const moment = at(text);
  // The last reading says what kind of series it is.
  const rows = rowsOf(moment, [...given.rows, { offset: 100 * DAY, state: "1.5", same: false }]);
  const gaps = given.gaps.map(([from, length]) => ({ from: moment + from, to: moment + from + length }));
  const window = { from: moment + given.from, to: moment + given.from + given.length };
  const now = moment + given.now;
  const edges = edgesOf(zone, window);
  const series = await fill(rows, gaps, { unit_of_measurement: "W", state_class: "total_increasing" });
  const before = clock.now();
  clock.advance((now - before) / 1000);
  const all = [];
  const request = { series, ...window, resolution, timeZone: zone, functions: FUNCTIONS, times: "us" as const };
  for (let cursor: string | undefined, pages = 0; ; pages++) {
    const answer = await ask({ ...request, limit, ...(cursor === undefined ? {} : { cursor }) });
    assert.equal(answer.series.length <= 1 && pages < 200, true);
    assert.equal(at(answer.from), edges[0]);
    assert.equal(at(answer.to), edges.at(-1));
    all.push(...(answer.series[0]?.buckets ?? []));
    if (answer.next_cursor === null) break;
    cursor = answer.next_cursor;
  }
  clock.advance((before - now) / 1000);
  const ordered = sorted(rows);
  const buckets = new Map(all.map((bucket) => [bucket.from as number, bucket]));
  assert.equal(buckets.size, all.length);
  const size = rows.reduce((total, row) => total + (Math.abs(numberOf(row.state)) || 0), 1);
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const to = edges[i + 1] as number;
    if (resolution !== "window" && from > now) continue;
    const {
      states,
      readings,
      difference: _,
      first: __,
      last: ___,
      ...expected
    } = bruteForce(ordered, { from, to }, gaps, now);
    const found = buckets.get(from);
    if (expected.completeness === 0 && readings === 0) {
      assert.equal(found, undefined);
      continue;
    }
    assert.ok(found, `a bucket is missing: ${new Date(from / 1000).toISOString()}`);
    assert.equal(found.to, to);
    for (const [name, value] of Object.entries(expected))
      near(found[name as keyof typeof found], value, name === "covered" ? (to - from) / 1e6 : size, name);
    assert.deepEqual(Object.keys(found.states ?? {}).sort(), Object.keys(states).sort());
    for (const [text, { seconds, entered }] of Object.entries(states)) {
      near(found.states?.[text]?.seconds, seconds, (to - from) / 1e6, text);
      assert.equal(found.states?.[text]?.entered, entered, text);
    }
  }
}

const SEED = 20261126;
for (const [resolution, unit] of [
  ["1d", "day"],
  ["1w", "week"],
  ["1mo", "month"],
] as [Resolution_, Unit][])
  test(`every ${unit} equals what a plain count gives, whatever the clocks of a zone do`, () =>
    fc.assert(
      fc.asyncProperty(history_, fc.constantFrom(1, 3, 10_000), (given, limit) =>
        agrees(given, resolution, (zone, { from, to }) => localEdges(zone, unit, from, to), limit),
      ),
      { numRuns: 60, seed: SEED },
    ));
type Resolution_ = "1d" | "1w" | "1mo";

test("every hour, and a window taken as one bucket, equals what a plain count gives", () =>
  fc.assert(
    fc.asyncProperty(history_, fc.boolean(), async (given, whole) => {
      const hours = (_: string, { from, to }: Window) => {
        const edges = [Math.floor(from / HOUR) * HOUR];
        while ((edges.at(-1) as number) < to) edges.push((edges.at(-1) as number) + HOUR);
        return edges;
      };
      const short = { ...given, length: Math.min(given.length, 3 * DAY) };
      if (whole) await agrees(given, "window", (_, { from, to }) => [from, to], 10);
      else await agrees(short, "1h", hours, 10_000);
    }),
    { numRuns: 80, seed: SEED },
  ));
