import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Stored } from "../../domain/data/reading.ts";
import { STATISTIC_PERIODS, type Statistic, type StatisticPeriod } from "../../domain/data/statistic.ts";
import { ALL_TIME, type Window } from "../../domain/time/time.ts";
import { type Suite, withStore } from "../conformance.ts";
import type { Store } from "../store.ts";
import { collect, readingEntry, seriesEntry, statisticEntry, statisticOf, T0 } from "./support/samples.ts";

const HOUR = 3_600_000_000;
const DOUBLES = [0, -0, 0.1 + 0.2, 1e-320, -1.7976931348623157e308, 2 ** 53 + 2, 1 / 3, 21.5];

async function asked(store: Store, series: number, period: StatisticPeriod, window: Window = ALL_TIME) {
  const view = store.view({ series: [series], events: false, log: false });
  const reader = store.reader(view);
  try {
    return await collect(reader.statistics({ series, period, window }));
  } finally {
    await reader.close();
    store.release(view);
  }
}

const plain = ({ position: _, ...statistic }: Stored<Statistic>): Statistic => statistic;

/** What must be answered, said in the plainest way. */
function expected(entries: readonly Statistic[], series: number, period: StatisticPeriod, window: Window): Statistic[] {
  const byStart = new Map<number, Statistic>();
  for (const one of entries)
    if (one.series === series && one.period === period && one.start >= window.from && one.start < window.to)
      byStart.set(one.start, one);
  return [...byStart.values()].sort((a, b) => a.start - b.start);
}

const value = fc.option(fc.oneof(fc.constantFrom(...DOUBLES), fc.double({ noNaN: true, noDefaultInfinity: true })));
const statistic: fc.Arbitrary<Statistic> = fc.record({
  series: fc.constantFrom(1, 2, 40_000),
  period: fc.constantFrom(...STATISTIC_PERIODS),
  start: fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((n) => T0 + n * HOUR),
    fc.maxSafeInteger(),
  ),
  mean: value,
  min: value,
  max: value,
  sum: value,
  state: value,
  lastReset: fc.option(fc.maxSafeInteger()),
});

export function statistics(suite: Suite): void {
  const promise = (what: string, run: (store: Store, reopen: () => Promise<Store>) => Promise<void>) =>
    test(`${suite.name}: ${what}`, () => withStore(suite, ({ store, reopen }) => run(store, reopen)));

  promise("statistics read back to the last bit, before and after a restart", async (first, reopen) => {
    const all = DOUBLES.map((number, i) =>
      statisticOf({
        start: T0 + i * HOUR,
        mean: number,
        min: i % 2 ? null : number,
        max: null,
        sum: number,
        state: i % 3 ? number : null,
        lastReset: i % 2 ? T0 - i : null,
      }),
    );
    await first.append([seriesEntry(1), ...all.map((one) => statisticEntry(one))]);
    for (const store of [first, await reopen()]) {
      assert.deepEqual((await asked(store, 1, "hour")).map(plain), all);
      assert.equal(store.stats().statistics, all.length);
    }
  });

  promise("of the statistics of one series, period and start the last one counts", async (first, reopen) => {
    await first.append([seriesEntry(1), statisticEntry({ mean: 1 }), statisticEntry({ mean: 2 })]);
    await first.append([statisticEntry({ mean: 9, period: "day" }), statisticEntry({ mean: 3 })]);
    await first.append([statisticEntry({ mean: 7, start: T0 - HOUR })]);
    for (const store of [first, await reopen()]) {
      assert.deepEqual(
        (await asked(store, 1, "hour")).map(({ start, mean }) => [start, mean]),
        [
          [T0 - HOUR, 7],
          [T0, 3],
        ],
      );
      assert.deepEqual(
        (await asked(store, 1, "day")).map(({ mean }) => mean),
        [9],
      );
    }
  });

  promise("a statistic is no reading: neither latest nor counted, and told nobody by position", async (store) => {
    await store.append([seriesEntry(1), readingEntry({ state: "on" })]);
    const before = store.stats();
    await store.append([statisticEntry({ start: T0 + 50 * HOUR })]);
    assert.equal(store.latest(1)?.state, "on");
    const { readings, events, newest, position } = store.stats();
    assert.deepEqual([readings, events, newest], [before.readings, before.events, before.newest]);
    assert.ok(position > before.position);
    const reader = store.reader(store.view());
    assert.deepEqual(await collect(reader.log({ after: before.position, attributes: true })), []);
    assert.equal(await reader.at(position), undefined);
    assert.equal(await reader.holds(position), true);
  });

  promise("a statistic that cannot be kept is refused with its whole batch", async (store) => {
    await store.append([seriesEntry(1)]);
    for (const wrong of [{ mean: Number.NaN }, { sum: Infinity }, { start: 0.5 }, { period: "year" as never }])
      await assert.rejects(store.append([statisticEntry(), statisticEntry(wrong)]), { code: "entry_not_storable" });
    await assert.rejects(store.append([statisticEntry({ series: 5 })]), { code: "series_unknown" });
    assert.deepEqual(await asked(store, 1, "hour"), []);
  });

  promise("a view made for other series refuses to be asked for statistics of this one", async (store) => {
    await store.append([seriesEntry(1), seriesEntry(2), statisticEntry()]);
    const reader = store.reader(store.view({ series: [2] }));
    const query = { series: 1, period: "hour", window: ALL_TIME } as const;
    await assert.rejects(collect(reader.statistics(query)), { code: "view_too_narrow" });
  });

  test(`${suite.name}: statistics answer as the plainest model does`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(statistic, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        async (batches, cut) => {
          const opened = await suite.open();
          try {
            let { store } = opened;
            await store.append([1, 2, 40_000].map((series) => seriesEntry(series)));
            for (const [i, batch] of batches.entries()) {
              await store.append(batch.map((one) => statisticEntry(one)));
              if (i === cut) store = await opened.reopen();
            }
            const all = batches.flat().map((one) => ({ ...one }));
            for (const series of [1, 40_000])
              for (const period of ["hour", "month"] as const)
                for (const window of [ALL_TIME, { from: T0 + HOUR, to: T0 + 5 * HOUR }])
                  assert.deepEqual(
                    (await asked(store, series, period, window)).map(plain),
                    expected(all, series, period, window),
                  );
          } finally {
            await opened.dispose();
          }
        },
      ),
      { numRuns: Math.min(suite.runs ?? 50, 20) },
    );
  });
}
