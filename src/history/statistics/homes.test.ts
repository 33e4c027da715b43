import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bruteForce, localEdges, type Row } from "../../../tests/support/data/brute-force.ts";
import { homesAreAbsent, mavpad, type Recorded, smartHome } from "../../../tests/support/home/homes.ts";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { numberOf } from "../../domain/data/summary.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { blockingMaintainer } from "../../store/embedded/maintenance/job.ts";
import { openStore } from "../../store/open.ts";
import type { Entry } from "../../store/store.ts";
import { createHistory } from "../history.ts";
import { FUNCTIONS, type StatisticsAnswer } from "./shapes.ts";

const DAY = 86_400_000_000;
const HOUR = DAY / 24;

/** Chance that is the same in every run. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** All of them take minutes. */
const everyFourth = (homes: readonly Recorded[]): Recorded[] => homes.filter((_, i) => i % 4 === 0);

/** One in ten comes up to seven days late, after others of its series. */
function arriving(homes: readonly Recorded[]): Entry[] {
  const chance = createChance(20_261_126);
  const rows = homes.flatMap((one, id) =>
    one.rows.map(({ seconds, state }) => {
      const time = Math.round(seconds * 1e6);
      return { id, time, state, comes: chance() < 0.1 ? time + chance() * 7 * DAY : time };
    }),
  );
  return rows
    .sort((a, b) => a.comes - b.comes)
    .map(({ id, time, state, comes }) => ({
      kind: "reading",
      reading: reading(id, state, { time, changed: time, origin: comes === time ? "live" : "late" }),
    }));
}

/** What was recorded of a home, in sealed blocks with late readings among them, equals a plain count. */
async function agrees(homes: readonly Recorded[], zone: string, gapsAt: readonly number[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "homes-"));
  const needs = { clock: systemClock, log: silentLog };
  const store = await openStore({
    kind: "embedded",
    folder,
    ...needs,
    segmentBytes: 400_000,
    maintainer: blockingMaintainer,
  });
  const end = Math.max(...homes.map(({ rows }) => (rows.at(-1)?.seconds ?? 0) * 1e6));
  const clock = createTestClock(Math.round(end) + 3 * DAY + HOUR / 3);
  const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log: silentLog });
  try {
    await store.append(homes.map((_, id) => ({ kind: "series", series: id, identity: identity(`sensor.s${id}`) })));
    const entries = arriving(homes);
    for (let at = 0; at < entries.length; at += 1000) {
      await store.append(entries.slice(at, at + 1000));
      if (at % 20_000 === 0) await store.maintained();
    }
    const first = Math.min(...homes.map(({ rows }) => (rows[0]?.seconds ?? 0) * 1e6));
    const gaps = gapsAt.map((days) => ({ from: first + days * DAY, to: first + days * DAY + 5 * HOUR + 7 }));
    await store.append(
      gaps.map((gap) => ({ kind: "gap", gap: { kind: "states", series: null, cause: "disconnected", ...gap } })),
    );
    await store.maintained();
    let buckets = 0;
    for (const [id, home] of homes.entries()) {
      const rows = rowsOf(entries, id);
      const window = { from: rows[0]?.time as number, to: clock.now() };
      const daily = { resolution: "1d" as const, edges: localEdges(zone, "day", window.from, window.to) };
      const monday = bucketsOf(window.from, HOUR, 24 * 7);
      for (const { resolution, edges } of [daily, { resolution: "1h" as const, edges: monday }]) {
        const answer = await history.statistics({
          series: [{ id, entityId: home.name }],
          from: edges[0],
          to: edges.at(-1),
          resolution,
          functions: FUNCTIONS,
          times: "us",
          timeZone: zone,
        });
        const { series } = JSON.parse(await new Response(answer).text()) as StatisticsAnswer;
        buckets += compare(series[0] as StatisticsAnswer["series"][number], rows, edges, gaps, clock.now());
      }
    }
    assert.ok(buckets > 500, `${buckets} buckets`);
  } finally {
    await history.close();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/** Of equal times the one that came first is first. */
const rowsOf = (entries: readonly Entry[], id: number): Row[] =>
  entries
    .flatMap((entry) => (entry.kind === "reading" && entry.reading.series === id ? [entry.reading] : []))
    .map(({ time, changed, state }) => ({ time, changed, state }))
    .sort((a, b) => a.time - b.time);

const bucketsOf = (from: number, length: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => (Math.floor(from / length) + i) * length);

function compare(
  { buckets = [], kind }: StatisticsAnswer["series"][number],
  rows: readonly Row[],
  edges: readonly number[],
  gaps: readonly { from: number; to: number }[],
  now: number,
): number {
  const found = new Map(buckets.map((bucket) => [bucket.from as number, bucket]));
  let next = 0;
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const to = edges[i + 1] as number;
    while (next < rows.length && (rows[next] as Row).time < from) next++;
    let last = next;
    while (last < rows.length && (rows[last] as Row).time < to) last++;
    // What a counter showed last is the oldest that changes anything.
    const count = rows.slice(0, next).findLastIndex((row) => numberOf(row.state) >= 0);
    const own = rows.slice(Math.max(0, Math.min(count < 0 ? next : count, next - 1)), last);
    const { readings, difference: _, first, last: __, states, ...expected } = bruteForce(own, { from, to }, gaps, now);
    const bucket = found.get(from);
    if (expected.completeness === 0 && readings === 0) {
      assert.equal(bucket, undefined);
      continue;
    }
    const size = own.reduce((total, row) => total + (Math.abs(numberOf(row.state)) || 0), 1);
    const near = (a: unknown, b: number | null, scale: number, what: string) =>
      assert.ok(
        b === null ? a === null : typeof a === "number" && Math.abs(a - b) <= 1e-9 * Math.max(1, scale),
        `${what}: ${a} instead of ${b}`,
      );
    if (kind === "numeric") {
      for (const [name, value] of Object.entries(expected))
        near(bucket?.[name as keyof typeof bucket], value, name === "covered" ? (to - from) / 1e6 : size, name);
      near(bucket?.first, first === null ? null : Number(first), 1, "first");
    } else assert.deepEqual([bucket?.first, bucket?.count], [first, readings]);
    for (const [state, { seconds, entered }] of Object.entries(states)) {
      if (Object.keys(states).length > 100) break;
      near(bucket?.states?.[state]?.seconds, seconds, (to - from) / 1e6, state);
      assert.equal(bucket?.states?.[state]?.entered, entered);
    }
  }
  return found.size;
}

test(
  "a flat's 90 days, in blocks and with late readings, equal a plain count day by day and hour by hour",
  {
    skip: homesAreAbsent,
  },
  () => agrees(everyFourth(smartHome()), "Europe/Berlin", [10, 40.3]),
);

test(
  "another flat's motions, doors and lights do so, too, where summer time has half an hour",
  {
    skip: homesAreAbsent,
  },
  () => agrees(everyFourth(mavpad()), "Australia/Lord_Howe", [2]),
);
