import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Reading } from "../../domain/data/reading.ts";
import { combine, EMPTY_SUMMARY, type Summary } from "../../domain/data/summary.ts";
import type { Micros } from "../../domain/time/time.ts";
import { type Suite, withStore } from "../conformance.ts";
import type { Entry, Store, ViewReader } from "../store.ts";
import { sameSummary } from "./summaries.ts";
import { collect, everyReading, readingEntry, seriesEntry } from "./support/samples.ts";

const SEED = 20261128;
const HOUR: Micros = 3_600_000_000;
const DAY = 24 * HOUR;
/** A week over the end of a month. */
const START = Date.UTC(2026, 9, 28) * 1000;
const DAYS = 7;
const SERIES = 4;

const state = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -500, max: 5000 }).map((n) => (n / 100).toFixed(2)) },
  { weight: 2, arbitrary: fc.constantFrom("unavailable", "on", "off", "", null) },
);
/** Here and there a reading, and stretches with one every few seconds. */
const rows = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: DAYS * 24 * 3600 - 1 }),
      count: fc.constantFrom(1, 1, 2, 40),
      apart: fc.integer({ min: 1, max: 50 }),
      states: fc.array(state, { minLength: 1, maxLength: 5 }),
      same: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.flatMap(({ at, count, apart, states, same }) =>
      Array.from({ length: count }, (_, i): Entry => {
        const time = START + (at + i * apart) * 1_000_000;
        const changed = same && i > 0 ? time - 1 : time;
        return readingEntry({ series: SERIES, time, changed, state: states[i % states.length] as string | null });
      }),
    ),
  );
const days = Array.from({ length: DAYS + 2 }, (_, day) => START + day * DAY);
const timeOf = (entry: Entry) => (entry as Extract<Entry, { kind: "reading" }>).reading.time;

async function withReader<T>(store: Store, run: (reader: ViewReader) => Promise<T>): Promise<T> {
  const view = store.view({ series: [SERIES], log: false });
  const reader = store.reader(view);
  try {
    return await run(reader);
  } finally {
    await reader.close();
    store.release(view);
  }
}

async function summariesIn(store: Store, edges: readonly Micros[]) {
  const all = edges.slice(1).map(() => ({ summary: EMPTY_SUMMARY as Summary, rolledUp: false, approximate: false }));
  await withReader(store, async (reader) => {
    for (const { bucket, summary, rolledUp, approximate } of await collect(
      reader.summaries({ series: SERIES, edges }),
    )) {
      const one = all[bucket] as (typeof all)[number];
      one.summary = combine(one.summary, summary);
      one.rolledUp ||= rolledUp === true;
      one.approximate ||= approximate === true;
    }
  });
  return all;
}

const readingsIn = (store: Store): Promise<readonly Reading[]> =>
  withReader(store, (reader) => collect(reader.readings(everyReading(SERIES))));

const letGo = (before: Micros) => ({
  readings: { default: before, series: new Map() },
  events: { default: null },
});

export function rollups(suite: Suite): void {
  if (!suite.profile.rollsUp) {
    test.skip(`${suite.name}: what goes stays as roll-ups (the profile keeps none)`);
    return;
  }

  test(`${suite.name}: what readings amounted to is told as exactly when they have gone, by days and by what is kept`, () =>
    fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 0, max: DAYS * 24 }),
        fc.integer({ min: 0, max: 48 }),
        async (all, at, more) => {
          await withStore(suite, async ({ store, reopen }) => {
            await store.append([seriesEntry(SERIES)]);
            for (let from = 0; from < all.length; from += 100) await store.append(all.slice(from, from + 100));
            await store.seal();
            const before = await summariesIn(store, days);
            const whole = await readingsIn(store);
            // In two steps, as it goes day by day.
            await store.shed(letGo(START + at * HOUR));
            const went = await store.shed(letGo(START + (at + more) * HOUR));
            const check = async (now: Store) => {
              const kept = await readingsIn(now);
              const after = await summariesIn(now, days);
              for (const [day, { summary, approximate }] of after.entries()) {
                sameSummary(summary, (before[day] as { summary: Summary }).summary, whole);
                assert.equal(approximate, false);
              }
              const isGone = kept.length < whole.length;
              const found = await withReader(now, (reader) => reader.rolledUp(SERIES));
              const gone = whole.slice(0, whole.length - kept.length);
              assert.deepEqual(found, isGone ? { from: gone[0]?.time, to: gone.at(-1)?.time } : undefined);
              // No roll-up reaches over a day; of hours and of five minutes only where it says so itself.
              const rolledUp = await withReader(now, (reader) =>
                collect(reader.rollups({ series: SERIES, window: { from: 0, to: Number.MAX_SAFE_INTEGER } })),
              );
              const count = rolledUp.reduce((sum, { summary }) => sum + summary.readings, 0);
              assert.equal(count, gone.length);
              for (const { summary } of rolledUp)
                assert.equal(Math.floor(summary.firstTime / DAY), Math.floor(summary.lastTime / DAY));
            };
            assert.ok(went.readings >= 0);
            await check(store);
            await store.seal();
            await check(store);
            if (suite.profile.durable) await check(await reopen());
          });
        },
      ),
      { numRuns: suite.profile.seals ? 12 : 3, seed: SEED },
    ));

  test(`${suite.name}: what comes late into a time whose readings have gone is counted, and what is near only is called so`, () =>
    fc.assert(
      fc.asyncProperty(rows, rows, async (all, late) => {
        await withStore(suite, async ({ store, reopen }) => {
          await store.append([seriesEntry(SERIES)]);
          if (all.length > 0) await store.append(all);
          await store.seal();
          const cutoff = START + DAYS * DAY;
          await store.shed(letGo(cutoff));
          const horizon = (await readingsIn(store))[0]?.time ?? cutoff;
          const into = late.filter((entry) => timeOf(entry) < horizon);
          if (into.length > 0) await store.append(into);
          const expected = await brute([...all, ...into]);
          const check = async (now: Store) => {
            const found = await summariesIn(now, days);
            for (const [day, { summary, approximate }] of found.entries()) {
              const exact = expected[day] as Summary;
              for (const key of ["readings", "changes", "numbers", "min", "max", "firstTime", "lastTime"] as const)
                assert.equal(summary[key], exact[key], `${key} of day ${day}`);
              assert.ok(Math.abs(summary.sum - exact.sum) <= 1e-6, `sum of day ${day}`);
              if (!approximate) sameSummary(summary, exact, await readingsOf([...all, ...into]));
            }
          };
          await check(store);
          await store.seal();
          await check(store);
          // Then they go too.
          await store.shed(letGo(cutoff));
          await check(store);
          if (suite.profile.durable) await check(await reopen());
        });
      }),
      { numRuns: suite.profile.seals ? 12 : 3, seed: SEED },
    ));

  test(`${suite.name}: of roll-ups those go that end before the cut-off of their series, none other, and none that would is made`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(rows, rows, rows).map((several) => several.flat()),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 48 }),
        fc.boolean(),
        async (all, pick, late, atOnce) => {
          await withStore(suite, async ({ store, reopen }) => {
            await store.append([seriesEntry(SERIES)]);
            if (all.length > 0) await store.append(all);
            await store.seal();
            const told = (now: Store) =>
              withReader(now, async (reader) => ({
                rollups: await collect(
                  reader.rollups({ series: SERIES, window: { from: 0, to: Number.MAX_SAFE_INTEGER } }),
                ),
                used: (await collect(reader.rollupUsage())).reduce((sum, one) => sum + one.rollups, 0),
              }));
            const raw = letGo(START + (DAYS * 24 - late) * HOUR);
            let cutoff = START + (pick % (DAYS * 24)) * HOUR;
            let expected = 0;
            if (!atOnce) {
              await store.shed(raw);
              const { rollups: made } = await told(store);
              // Where it matters: at both ends of what is rolled up, and within.
              const times = made.flatMap(({ summary: { firstTime, lastTime } }) => [
                firstTime,
                firstTime + 1,
                lastTime + 1,
              ]);
              cutoff = times[pick % times.length] ?? cutoff;
              expected = made.filter(({ summary }) => summary.lastTime < cutoff).length;
            }
            const both = { ...raw, rollups: { default: null, series: new Map([[SERIES, cutoff]]) } };
            const kept = await readingsIn(store);
            const before = await told(store);
            const went = await store.shed(both);
            assert.deepEqual(
              [went.rollups, (await told(store)).used],
              atOnce ? [0, (await told(store)).rollups.length] : [expected, before.used - expected],
            );
            if (!atOnce) {
              assert.deepEqual(
                (await told(store)).rollups,
                before.rollups.filter(({ summary }) => summary.lastTime >= cutoff),
              );
              assert.deepEqual(await readingsIn(store), kept, "readings stay");
            }
            const check = async (now: Store) => {
              const { rollups: left } = await told(now);
              assert.ok(left.every(({ summary }) => summary.lastTime >= cutoff));
              const first = (await readingsIn(now))[0]?.time ?? Number.POSITIVE_INFINITY;
              const covered = left.reduce((sum, { summary }) => sum + summary.readings, 0);
              const between = all.filter((entry) => timeOf(entry) >= cutoff && timeOf(entry) < first).length;
              assert.ok(covered >= between, "what ends at the cut-off or later is there");
            };
            await check(store);
            const again = await store.shed(both);
            assert.deepEqual(
              [again.rollups, again.readings, again.files],
              [0, 0, 0],
              "done again it takes nothing more",
            );
            await store.seal();
            await check(store);
            if (suite.profile.durable) await check(await reopen());
          });
        },
      ),
      { numRuns: suite.profile.seals ? 8 : 2, seed: SEED },
    ));

  const readingsOf = async (entries: readonly Entry[]): Promise<Reading[]> =>
    entries.map((entry) => (entry as Extract<Entry, { kind: "reading" }>).reading);

  /** What the days amount to in a store that lets nothing go. */
  async function brute(entries: readonly Entry[]): Promise<Summary[]> {
    let found: Summary[] = [];
    await withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(SERIES)]);
      if (entries.length > 0) await store.append(entries);
      found = (await summariesIn(store, days)).map(({ summary }) => summary);
    });
    return found;
  }
}
