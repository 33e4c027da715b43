import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { localEdges } from "../../../tests/support/data/brute-force.ts";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createHistory, type StatisticsRequest } from "../history.ts";
import { FUNCTIONS, type StatisticsAnswer } from "./shapes.ts";

const at = (text: string): number => microsFromRfc3339(text) as number;
const HOUR = 3_600_000_000;
const clock = createTestClock(at("2026-11-23T12:00:00Z"));
const store = createMemoryStore();
const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log: silentLog });
after(async () => {
  await history.close();
  await store.close();
});

let count = 0;
async function fill(statistics: readonly Omit<Statistic, "series">[], readings: readonly [number, string][] = []) {
  const id = ++count;
  const entityId = `sensor.s${id}`;
  const attributes = { unit_of_measurement: "kWh", state_class: "total_increasing" };
  await store.append([
    { kind: "series", series: id, identity: identity(entityId) },
    ...statistics.map((one) => ({ kind: "statistic" as const, statistic: { ...one, series: id } })),
    ...readings.map(([time, text]) => ({
      kind: "reading" as const,
      reading: reading(id, text, { time, changed: time, attributes }),
    })),
  ]);
  return [{ id, entityId }];
}
async function ask(request: Partial<StatisticsRequest> & Pick<StatisticsRequest, "series">) {
  const answer = await history.statistics({ timeZone: "UTC", times: "us", functions: FUNCTIONS, ...request });
  return JSON.parse(await new Response(answer).text()) as StatisticsAnswer;
}
const hour = (start: number, more: Partial<Statistic> = {}): Omit<Statistic, "series"> => ({
  period: "hour",
  start,
  mean: null,
  min: null,
  max: null,
  sum: null,
  state: null,
  lastReset: null,
  ...more,
});

const FROM = at("2026-10-20T00:00:00Z");
const hours = fc
  .uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 300 }), value: fc.integer({ min: 0, max: 100 }) }), {
    selector: (one) => one.at,
    maxLength: 60,
  })
  .map((all) => all.sort((a, b) => a.at - b.at));

test("where nothing was recorded, days are added up from the hours that begin in them, and say so", () =>
  fc.assert(
    fc.asyncProperty(hours, fc.constantFrom("Europe/Berlin", "Asia/Kathmandu"), async (all, zone) => {
      let sum = 7;
      const statistics = all.map(({ at: index, value }) => {
        sum += value;
        const [mean, min, max] = [value, value - 1, value + 2];
        return hour(FROM + index * HOUR, { mean, min, max, state: value * 10, sum });
      });
      const series = await fill(statistics);
      const to = FROM + 301 * HOUR;
      const answer = await ask({ series, from: FROM, to, resolution: "1d", timeZone: zone });
      const edges = localEdges(zone, "day", FROM, to);
      const found = new Map(answer.series[0]?.buckets?.map((bucket) => [bucket.from, bucket]));
      for (const [i, from] of edges.slice(0, -1).entries()) {
        const end = edges[i + 1] as number;
        const own = statistics.filter(({ start }) => start >= from && start < end);
        const bucket = found.get(from);
        if (own.length === 0) {
          assert.equal(bucket, undefined);
          continue;
        }
        const before = statistics.findLast(({ start }) => start < from)?.sum ?? 0;
        const mean = own.reduce((total, one) => total + (one.mean as number), 0) / own.length;
        assert.ok(Math.abs((bucket?.mean ?? Number.NaN) - mean) < 1e-9);
        assert.deepEqual(
          [bucket?.source, bucket?.completeness, bucket?.min, bucket?.max, bucket?.last, bucket?.increase],
          [
            "imported",
            null,
            Math.min(...own.map((one) => one.min as number)),
            Math.max(...own.map((one) => one.max as number)),
            own.at(-1)?.state,
            (own.at(-1)?.sum as number) - before,
          ],
        );
        assert.deepEqual([bucket?.count, bucket?.changes, bucket?.first, bucket?.sum], [null, null, null, null]);
      }
    }),
    { numRuns: 60, seed: 20261126 },
  ));

test("a bucket is of the one or of the other: readings answer from the first day on that they cover", async () => {
  const statistics = Array.from({ length: 96 }, (_, i) => hour(FROM + i * HOUR, { mean: 50, min: 40, max: 60 }));
  // Begins amid the second day, and goes on past the end.
  const series = await fill(statistics, [
    [FROM + 36 * HOUR, "10"],
    [FROM + 60 * HOUR, "20"],
  ]);
  const answer = await ask({ series, from: FROM, to: FROM + 96 * HOUR, resolution: "1d" });
  assert.deepEqual(
    answer.series[0]?.buckets?.map(({ source, mean, completeness }) => [source, mean, completeness]),
    [
      ["imported", 50, null],
      ["imported", 50, null],
      ["readings", 15, 1],
      ["readings", 20, 1],
    ],
  );
  const limited = await ask({ series, from: FROM, to: FROM + 96 * HOUR, resolution: "1d", limit: 1 });
  assert.equal(limited.series[0]?.buckets?.length, 1);
  assert.ok(limited.next_cursor);
  const rest = await ask({ series, cursor: limited.next_cursor as string });
  assert.deepEqual(
    rest.series[0]?.buckets?.map(({ source }) => source),
    ["imported", "readings", "readings"],
  );
});

test("fine buckets are answered from statistics of five minutes, a window as a whole from hours that lie in it", async () => {
  const fine = (i: number) => ({ ...hour(FROM + i * (HOUR / 12)), period: "5minute" as const, mean: i });
  const series = await fill([...Array.from({ length: 24 }, (_, i) => fine(i)), hour(FROM, { mean: 3 })]);
  const quarters = await ask({ series, from: FROM, to: FROM + HOUR, resolution: "15m" });
  assert.deepEqual(
    quarters.series[0]?.buckets?.map(({ mean }) => mean),
    [1, 4, 7, 10],
  );
  const whole = async (from: number, to: number) =>
    (await ask({ series, from, to, resolution: "window" })).series[0]?.buckets?.map(({ mean }) => mean);
  assert.deepEqual(await whole(FROM - HOUR, FROM + 2 * HOUR), [3]);
  assert.deepEqual(await whole(FROM, FROM + HOUR - 1), []);
});
