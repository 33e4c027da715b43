import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Reading } from "../../domain/data/reading.ts";
import { type Micros, utcMonth } from "../../domain/time/time.ts";
import { type Suite, withStore } from "../conformance.ts";
import type { Store, ViewReader } from "../store.ts";
import { collect, eventEntry, everyEvent, everyReading, readingEntry, seriesEntry, T0 } from "./support/samples.ts";

const SEED = 20261127;
const DAY: Micros = 86_400_000_000;
const SERIES = [1, 2, 3];

const readings = fc.array(
  fc.record({
    series: fc.constantFrom(...SERIES),
    at: fc.integer({ min: 0, max: 80 }),
    state: fc.constantFrom("1", "2.5", "on", null),
  }),
  { maxLength: 120 },
);
const cutoff = fc.option(fc.integer({ min: -5, max: 85 }), { nil: null });
const timeAt = (at: number): Micros => T0 + at * DAY;

async function withReader<T>(store: Store, run: (reader: ViewReader) => Promise<T>): Promise<T> {
  const view = store.view();
  const reader = store.reader(view);
  try {
    return await run(reader);
  } finally {
    await reader.close();
    store.release(view);
  }
}
const timesOf = (store: Store, series: number) =>
  withReader(store, async (reader) =>
    (await collect(reader.readings(everyReading(series)))).map(({ time, state }) => ({ time, state })),
  );

export function shed(suite: Suite): void {
  test(`${suite.name}: what is let go is what lies before the cut-off of its series, but for what held at it`, () =>
    fc.assert(
      fc.asyncProperty(readings, cutoff, cutoff, cutoff, async (rows, usual, own, ofEvents) => {
        await withStore(suite, async ({ store, reopen }) => {
          await store.append(SERIES.map((series) => seriesEntry(series)));
          for (const { series, at, state } of rows) {
            const time = timeAt(at);
            await store.append([readingEntry({ series, time, changed: time, state })]);
          }
          await store.append([1, 40, 70].map((at) => eventEntry({ time: timeAt(at) })));
          await store.seal();
          const before = new Map<number, readonly Pick<Reading, "time" | "state">[]>();
          for (const series of SERIES) before.set(series, await timesOf(store, series));
          const latest = SERIES.map((series) => store.latest(series));

          const micros = (at: number | null) => (at === null ? null : timeAt(at));
          const plan = {
            readings: { default: micros(usual), series: new Map([[1, micros(own)]]) },
            events: { default: micros(ofEvents) },
          };
          const went = await store.shed(plan);
          let gone = 0;
          const expected = new Map<number, readonly Pick<Reading, "time" | "state">[]>();
          for (const series of SERIES) {
            const all = before.get(series) ?? [];
            const limit = micros(series === 1 ? own : usual) ?? Number.NEGATIVE_INFINITY;
            const held = all.findLast(({ time }) => time <= limit)?.time ?? Number.NEGATIVE_INFINITY;
            expected.set(series, limit === Number.NEGATIVE_INFINITY ? all : all.filter(({ time }) => time >= held));
            gone += all.length - (expected.get(series)?.length ?? 0);
          }
          const check = async (now: Store) => {
            for (const series of SERIES) assert.deepEqual(await timesOf(now, series), expected.get(series));
            const events = await withReader(now, (reader) => collect(reader.events(everyEvent())));
            const stay = [1, 40, 70].filter((at) => ofEvents === null || at >= ofEvents);
            assert.deepEqual(
              events.map(({ time }) => time),
              stay.map(timeAt),
            );
            assert.deepEqual(
              SERIES.map((series) => now.latest(series)),
              latest,
              "the present is not touched",
            );
            assert.equal(now.stats().readings, rows.length - gone);
            assert.equal(now.stats().events, stay.length);
          };
          assert.equal(went.readings, gone);
          await check(store);
          const again = await store.shed(plan);
          assert.deepEqual([again.readings, again.events, again.files], [0, 0, 0], "done again it takes nothing more");
          if (suite.profile.durable) await check(await reopen());
        });
      }),
      { numRuns: suite.profile.seals ? 10 : suite.profile.durable ? 3 : 100, seed: SEED },
    ));

  test(`${suite.name}: usage says of each series and month how many readings there are, sealed or not`, () =>
    fc.assert(
      fc.asyncProperty(readings, fc.boolean(), async (rows, seals) => {
        await withStore(suite, async ({ store }) => {
          await store.append(SERIES.map((series) => seriesEntry(series)));
          const entry = ({ series, at, state }: (typeof rows)[number]) =>
            readingEntry({ series, time: timeAt(at), changed: timeAt(at), state });
          const half = Math.floor(rows.length / 2);
          if (half > 0) await store.append(rows.slice(0, half).map(entry));
          if (seals) await store.seal();
          if (rows.length > half) await store.append(rows.slice(half).map(entry));
          const found = new Map<string, number>();
          await withReader(store, async (reader) => {
            for await (const page of reader.usage())
              for (const { series, month, readings: count, bytes, blocks, log } of page) {
                const key = `${series} ${month}`;
                found.set(key, (found.get(key) ?? 0) + count);
                assert.ok(blocks > 0 || log.readings === count, "what is in no block is in the log");
                if (suite.profile.durable) assert.ok(bytes > 0);
              }
          });
          const expected = Map.groupBy(rows, ({ series, at }) => `${series} ${utcMonth(timeAt(at))}`);
          assert.deepEqual(
            [...found].sort(),
            [...expected].map(([key, own]): [string, number] => [key, own.length]).sort(),
          );
        });
      }),
      { numRuns: suite.profile.seals ? 10 : suite.profile.durable ? 3 : 100, seed: SEED },
    ));

  test(`${suite.name}: storage tells of every entry once, and of every byte that stats tells of`, () =>
    withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(1)]);
      const count = (kinds: readonly string[]) =>
        store.storage().reduce((sum, part) => (kinds.includes(part.kind) ? sum + part.entries : sum), 0);
      const add = (from: number) =>
        store.append([
          ...Array.from({ length: 50 }, (_, i) => readingEntry({ time: timeAt(from) + i, changed: timeAt(from) + i })),
          eventEntry({ time: timeAt(from) }),
        ]);
      await add(0);
      await store.seal();
      await add(40);
      assert.equal(count(["log", "readings", "events"]), 102);
      const bytes = store.storage().reduce((sum, part) => sum + part.bytes, 0);
      assert.equal(bytes, store.stats().bytes);
      await store.shed({ readings: { default: timeAt(20), series: new Map() }, events: { default: timeAt(20) } });
      assert.equal(count(["log", "readings", "events"]), 52);
    }));
}
