import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Reading, Stored } from "../../domain/data/reading.ts";
import { combine, EMPTY_SUMMARY, numberOf, type Summary, summarise } from "../../domain/data/summary.ts";
import { type Suite, withStore } from "../conformance.ts";
import { type Entry, NO_ATTRIBUTES, type ViewReader } from "../store.ts";
import { collect, everyReading, readingEntry, seriesEntry, T0 } from "./support/samples.ts";

const SEED = 20261126;
const SERIES = 7;
const SPAN = 1_000_000_000;

const state = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -500, max: 5000 }).map((n) => (n / 100).toFixed(2)) },
  { weight: 2, arbitrary: fc.constantFrom("unavailable", "on", "", "1e3", "007", null) },
);
const rows = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: SPAN }), state, same: fc.boolean() }), { maxLength: 300 })
  .map((all) =>
    all.map((row): Entry => {
      const time = T0 + row.at;
      return readingEntry({ series: SERIES, time, changed: row.same ? time - 1 : time, state: row.state });
    }),
  );
const edges = fc
  .uniqueArray(fc.integer({ min: -10, max: SPAN + 10 }), { minLength: 2, maxLength: 12 })
  .map((all) => all.sort((a, b) => a - b).map((at) => T0 + at));

const ADDED_UP = ["sum", "integral", "covered", "removed", "increase"] as const;

/** What was added up may differ in its last digits, by the order in which it was added. */
export function sameSummary(found: Summary, expected: Summary, of: readonly Reading[]): void {
  const plain = (one: Summary) => ({ ...one, ...Object.fromEntries(ADDED_UP.map((field) => [field, 0])) });
  assert.deepEqual(plain(found), plain(expected));
  const size =
    of.reduce((all, row) => all + (Math.abs(numberOf(row.state)) || 0), 1) *
    Math.max(1, expected.covered, expected.removed);
  for (const field of ADDED_UP) {
    const off = Math.abs(found[field] - expected[field]);
    assert.ok(off <= 1e-9 * size, `${field}: ${found[field]} instead of ${expected[field]}`);
  }
}

export async function summariesByBucket(reader: ViewReader, series: number, at: readonly number[]): Promise<Summary[]> {
  const found = await collect(reader.summaries({ series, edges: at }));
  const all = at.slice(1).map(() => EMPTY_SUMMARY);
  let before = 0;
  for (const { bucket, summary } of found) {
    assert.ok(bucket >= before && bucket < all.length, `bucket ${bucket} comes after ${before}`);
    assert.ok(summary.readings > 0, "an empty summary");
    before = bucket;
    all[bucket] = combine(all[bucket] as Summary, summary);
  }
  return all;
}

export function summaries(suite: Suite): void {
  test(`${suite.name}: the summary of any bucket is that of its readings, late ones too`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 4 }), edges, (batches, at) =>
        withStore(suite, async (opened) => {
          let { store } = opened;
          await store.append([seriesEntry(SERIES), seriesEntry(1)]);
          for (const [i, batch] of batches.entries()) {
            await store.append([...batch, readingEntry({ time: T0 + i * 1000 })]);
            if (suite.profile.durable && i === 1) store = await opened.reopen();
          }
          const view = store.view({ series: [SERIES], events: false, log: false });
          const reader = store.reader(view);
          const all = await collect(reader.readings(everyReading(SERIES)));
          const found = await summariesByBucket(reader, SERIES, at);
          for (const [i, summary] of found.entries()) {
            const own = all.filter(({ time }) => time >= (at[i] as number) && time < (at[i + 1] as number));
            sameSummary(summary, summarise(own), own);
          }
          const [first, last] = [all[0], all.at(-1)];
          assert.deepEqual(await reader.recorded(SERIES), first && last && { from: first.time, to: last.time });
          for (const time of [...at, ...all.slice(0, 5).map((row) => row.time)]) {
            const last = all.findLast((row: Stored<Reading>) => row.time < time);
            assert.deepEqual(await reader.before(SERIES, time), last && { ...last, attributes: NO_ATTRIBUTES });
          }
          await reader.close();
          store.release(view);
        }),
      ),
      { numRuns: Math.ceil((suite.runs ?? 60) / 2), seed: SEED },
    ));

  test(`${suite.name}: summaries are refused without buckets, and of a series that the view does not hold`, () =>
    withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(1), seriesEntry(2)]);
      const view = store.view({ series: [1], events: false, log: false });
      const reader = store.reader(view);
      const ask = (series: number, at: number[]) => collect(reader.summaries({ series, edges: at }));
      for (const at of [[], [1], [1, 1], [2, 1]]) await assert.rejects(ask(1, at), { code: "bad_query" });
      await assert.rejects(ask(2, [1, 2]), { code: "view_too_narrow" });
      await assert.rejects(reader.before(2, 5), { code: "view_too_narrow" });
      await assert.rejects(reader.recorded(2), { code: "view_too_narrow" });
      assert.deepEqual(await ask(1, [1, 2]), []);
      assert.equal(await reader.recorded(1), undefined);
      assert.equal(await reader.before(1, 5), undefined);
      await reader.close();
      store.release(view);
    }));
}
