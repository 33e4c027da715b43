import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { openIn, using, withFolder } from "../../store/conformance/support/folder.ts";
import { blockingMaintainer } from "../../store/embedded/maintenance/job.ts";
import { createHistory, type History } from "../history.ts";
import type { Bucket, StatisticsAnswer } from "./shapes.ts";

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const at = (text: string): number => microsFromRfc3339(text) as number;

/** Days of 23 and 25 hours on both sides of the world, half an hour too, and zones beside the hour. */
const MOMENTS = [
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Asia/Kathmandu", "2026-02-28T18:15:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["America/St_Johns", "2025-12-31T23:00:00Z"],
] as const;

const numbers = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -200, max: 9000 }).map((n) => (n / 100).toFixed(1)) },
  { weight: 1, arbitrary: fc.constantFrom<string | null>("unavailable", null) },
);
const texts = fc.constantFrom<string | null>("on", "off", "on", "off", "unavailable", null);
const given = fc.record({
  moment: fc.constantFrom(...MOMENTS),
  isText: fc.boolean(),
  rows: fc.array(
    fc.record({
      offset: fc.integer({ min: -4 * DAY, max: 4 * DAY }),
      /** Many close together are rolled up by hours or five minutes. */
      count: fc.constantFrom(1, 1, 3, 100),
      apart: fc.integer({ min: 1_000_000, max: 60_000_000 }),
      number: numbers,
      text: texts,
    }),
    { maxLength: 30 },
  ),
  gaps: fc.array(fc.tuple(fc.integer({ min: -4 * DAY, max: 4 * DAY }), fc.integer({ min: 1, max: DAY })), {
    maxLength: 3,
  }),
  cutoffs: fc.array(fc.integer({ min: -4 * DAY, max: 5 * DAY }), { minLength: 1, maxLength: 3 }),
});

const clock = createTestClock(at("2026-12-20T00:00:00Z"));

type Ask = Parameters<History["statistics"]>[0];

const ask = async (history: History, request: Ask): Promise<readonly Bucket[]> => {
  const answer = JSON.parse(await new Response(await history.statistics(request)).text()) as StatisticsAnswer;
  return answer.series[0]?.buckets ?? [];
};

function same(found: unknown, expected: unknown, what: string, size: number): void {
  if (typeof expected === "number" && typeof found === "number")
    assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, size), `${what}: ${found} instead of ${expected}`);
  else if (expected !== null && typeof expected === "object") {
    assert.deepEqual(Object.keys(found as object).sort(), Object.keys(expected).sort(), what);
    for (const [key, value] of Object.entries(expected))
      same((found as Record<string, unknown>)[key], value, `${what}.${key}`, size);
  } else assert.deepEqual(found, expected, what);
}

const NUMERIC = ["mean", "min", "max", "sum", "count", "changes", "first", "last", "increase", "covered"] as const;
const TEXT = ["first", "last", "count", "changes", "states"] as const;

test("days, weeks and months are as exact when their readings have gone, and say what tells them", () =>
  fc.assert(
    fc.asyncProperty(given, async ({ moment: [zone, text], isText, rows, gaps, cutoffs }) => {
      const moment = at(text);
      const all = rows.flatMap(({ offset, count, apart, number, text: word }) =>
        Array.from({ length: count }, (_, i) => {
          const time = moment + offset + i * apart;
          const value = number === null || number === "unavailable" ? number : String(Number(number) + (i % 7));
          return reading(1, isText ? word : value, {
            ...{ time, changed: time },
            attributes: isText ? {} : { unit_of_measurement: "W", state_class: "total_increasing" },
          });
        }),
      );
      // What holds now keeps the kind of the series known.
      const last = moment + 20 * DAY;
      all.push(reading(1, isText ? "on" : "1.5", { time: last, changed: last }));
      await withFolder((folder) =>
        using(
          openIn(folder, { clock, seals: true, maintainer: blockingMaintainer, timeZone: () => zone }),
          async (store) => {
            const history = createHistory({
              store,
              startWorker: () => startWorker("history/worker"),
              clock,
              log: silentLog,
            });
            try {
              await store.append([{ kind: "series", series: 1, identity: identity("sensor.s") }]);
              await store.append(all.map((one) => ({ kind: "reading", reading: one })));
              for (const [from, length] of gaps)
                await store.append([
                  {
                    kind: "gap",
                    gap: {
                      ...{ kind: "states", series: 1, cause: "disconnected" },
                      ...{ from: moment + from, to: moment + from + length },
                    },
                  },
                ]);
              await store.seal();
              const request = {
                ...{ series: [{ id: 1, entityId: "sensor.s" }], from: moment - 6 * DAY, to: moment + 7 * DAY },
                ...{ timeZone: zone, functions: isText ? TEXT : NUMERIC, times: "us" as const },
              };
              const resolutions = ["1d", "1w", "1mo"] as const;
              const before: (readonly Bucket[])[] = [];
              for (const resolution of resolutions) before.push(await ask(history, { ...request, resolution }));
              let went = 0;
              for (const cutoff of cutoffs.toSorted((a, b) => a - b)) {
                const plan = { readings: { default: moment + cutoff, series: new Map() }, events: { default: null } };
                went += (await store.shed(plan)).readings;
              }
              const size = all.reduce((sum, { state }) => sum + (Math.abs(Number(state)) || 0), 1);
              for (const [i, resolution] of resolutions.entries()) {
                const after = await ask(history, { ...request, resolution });
                const plain = after.map(({ source: _, ...bucket }) => bucket);
                const expected: Omit<Bucket, "source">[] = (before[i] as readonly Bucket[]).map(
                  ({ source: _, ...bucket }) => bucket,
                );
                assert.equal(plain.length, expected.length, resolution);
                for (const [j, bucket] of expected.entries()) same(plain[j], bucket, `${resolution} ${j}`, size * 1e3);
                assert.equal(
                  after.some(({ source }) => source === "rollups"),
                  went > 0,
                );
              }
            } finally {
              await history.close();
            }
          },
        ),
      );
    }),
    { numRuns: 12, seed: 20261126 },
  ));

test("a bucket finer than what is kept is as long as that, and nothing is made up in between", () =>
  withFolder((folder) =>
    using(openIn(folder, { clock, seals: true, maintainer: blockingMaintainer }), async (store) => {
      const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log: silentLog });
      try {
        const start = at("2026-12-01T00:00:00Z");
        const rows = [...Array(24 * 15).keys()].map((i) => ({ time: start + i * 240_000_000 + 60_000_000, value: i }));
        await store.append([{ kind: "series", series: 1, identity: identity("sensor.s") }]);
        await store.append(
          rows.map(({ time, value }) => ({
            kind: "reading",
            reading: reading(1, String(value), { time, changed: time, attributes: { unit_of_measurement: "W" } }),
          })),
        );
        const cutoff = start + 12 * HOUR;
        await store.seal();
        await store.shed({ readings: { default: cutoff, series: new Map() }, events: { default: null } });
        const buckets = await ask(history, {
          ...{ series: [{ id: 1, entityId: "sensor.s" }], from: start + 10 * HOUR, to: start + 13 * HOUR },
          ...{ resolution: "5m", timeZone: "UTC", times: "us", functions: ["mean", "count", "min", "max"] },
        });
        const told = buckets.map(({ from, to, source, count }) => [
          ((from as number) - start) / 60_000_000,
          ((to as number) - start) / 60_000_000,
          source,
          count,
        ]);
        // Of each hour there is one roll-up, from its first to its last reading (11:57 stays: it held at noon).
        assert.deepEqual(told.slice(0, 3), [
          [600, 660, "rollups", 15],
          [660, 715, "rollups", 14],
          [715, 720, "readings", 1],
        ]);
        assert.equal(told.length, 3 + 12);
        const [first] = buckets;
        assert.deepEqual([first?.min, first?.max], [149, 164]);
        assert.equal(first?.approximate, undefined);
        const points = JSON.parse(
          await new Response(
            await history.points({
              ...{ series: [{ id: 1, entityId: "sensor.s" }], from: start, to: start + DAY, order: "oldest_first" },
              ...{ limit: 10_000, attributes: false, form: "points", times: "rfc3339" },
            }),
          ).text(),
        );
        const [series] = points.series;
        assert.deepEqual(series.rolled_up, {
          from: "2026-12-01T00:01:00.000000Z",
          to: "2026-12-01T11:57:00.000000Z",
        });
        assert.equal(series.points.length, 24 * 15 - 179);
        assert.ok(Math.abs(series.completeness - (24 * 60 - 11 * 60 - 57) / (24 * 60)) < 1e-9);
      } finally {
        await history.close();
      }
    }),
  ));
