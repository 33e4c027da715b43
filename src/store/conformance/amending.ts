import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HomeEvent, Reading } from "../../domain/data/reading.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import { summarise } from "../../domain/data/summary.ts";
import { ALL_TIME, type Micros, type Window } from "../../domain/time/time.ts";
import { type Suite, withStore } from "../conformance.ts";
import { stateText } from "../shared/columns.ts";
import type { Store, ViewReader } from "../store.ts";
import { sameSummary, summariesByBucket } from "./summaries.ts";
import {
  collect,
  eventEntry,
  everyEvent,
  everyReading,
  plainReading,
  readingEntry,
  seriesEntry,
  statisticEntry,
  statisticOf,
  T0,
} from "./support/samples.ts";

const SEED = 20261201;
const HOUR: Micros = 3_600_000_000;
const SERIES = [1, 2, 3];
const MOST = 1000;
/** In steps of nine hours: the whole of it reaches over two months. */
const timeAt = (at: number): Micros => T0 + at * 9 * HOUR;

const series = fc.constantFrom(...SERIES);
const at = fc.integer({ min: 0, max: 40 });
const state = fc.constantFrom("1", "2.5", "-3", "on", "unavailable", null);
const row = fc.record({ series, at, state, attribute: fc.constantFrom("a", "b", "c") });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), rows: fc.array(row, { maxLength: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("event" as const), series, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("statistic" as const), series, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("seal" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("correct" as const),
      which: fc.array(fc.record({ nth: fc.nat(), state: fc.option(state, { nil: undefined }) }), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("erase" as const),
      of: fc.uniqueArray(series, { minLength: 1 }),
      window: fc.oneof(
        fc.constant(ALL_TIME),
        fc.tuple(at, at).map(([a, b]) => ({ from: timeAt(Math.min(a, b)), to: timeAt(Math.max(a, b)) + 1 })),
      ),
      events: fc.boolean(),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The plainest record of what must be there: rows in the order in which they came. */
type Model = { readings: Reading[]; events: HomeEvent[]; statistics: Statistic[] };

const inside = ({ from, to }: Window, time: Micros): boolean => time >= from && time < to;
const inTime = <T extends { time: Micros }>(rows: readonly T[]): T[] => rows.toSorted((a, b) => a.time - b.time);
const nameOf = (id: number): string => `sensor.s${id}`;

export async function withReader<T>(store: Store, run: (reader: ViewReader) => Promise<T>): Promise<T> {
  const view = store.view();
  const reader = store.reader(view);
  try {
    return await run(reader);
  } finally {
    await reader.close();
    store.release(view);
  }
}

async function take(store: Store, model: Model, one: Step): Promise<void> {
  switch (one.do) {
    case "append": {
      const entries = one.rows.map((given) =>
        readingEntry({
          ...{ series: given.series, time: timeAt(given.at), changed: timeAt(given.at), state: given.state },
          attributes: { kept: "always", often: given.attribute },
          context: null,
        }),
      );
      await store.append(entries);
      for (const entry of entries) if (entry.kind === "reading") model.readings.push(entry.reading);
      return;
    }
    case "event": {
      const entry = eventEntry({ time: timeAt(one.at), data: { target: [nameOf(one.series)] }, context: null });
      await store.append([entry]);
      if (entry.kind === "event") model.events.push(entry.event);
      return;
    }
    case "statistic": {
      const more = { series: one.series, start: timeAt(one.at) - HOUR / 2 };
      await store.append([statisticEntry(more)]);
      model.statistics = model.statistics.filter((own) => own.series !== more.series || own.start !== more.start);
      model.statistics.push(statisticOf(more));
      return;
    }
    case "correct": {
      const spots = new Map<string, Reading>();
      const corrections = one.which.flatMap(({ nth, state: text }) => {
        const old = model.readings[nth % Math.max(1, model.readings.length)];
        if (!old || spots.has(`${old.series} ${old.time}`)) return [];
        spots.set(`${old.series} ${old.time}`, old);
        const reading = text === undefined ? null : { ...old, state: text, attributes: { corrected: true } };
        return [{ series: old.series, time: old.time, reading }];
      });
      await store.correct(corrections);
      model.readings = model.readings.filter((own) => !spots.has(`${own.series} ${own.time}`));
      for (const { reading } of corrections) if (reading) model.readings.push({ ...reading, origin: "corrected" });
      return;
    }
    case "erase": {
      const { of, window, events } = one;
      const plan = { series: of.map((id) => ({ series: id, names: events ? [nameOf(id)] : [] })), window };
      const expected = { readings: 0, events: 0, statistics: 0, rollups: 0 };
      const without = <T>(kind: keyof typeof expected, all: readonly T[], goes: (own: T) => boolean): T[] => {
        const left = all.filter((own) => !goes(own));
        expected[kind] = all.length - left.length;
        return left;
      };
      model.readings = without(
        "readings",
        model.readings,
        (own) => of.includes(own.series) && inside(window, own.time),
      );
      model.events = without(
        "events",
        model.events,
        ({ time, data }) =>
          events && inside(window, time) && of.some((id) => (data.target as string[])[0] === nameOf(id)),
      );
      model.statistics = without(
        "statistics",
        model.statistics,
        (own) => of.includes(own.series) && own.start < window.to && own.start + HOUR > window.from,
      );
      assert.deepEqual(await store.countErasure(plan), expected);
      const { gaps, ...counts } = await store.erase(plan);
      assert.deepEqual(counts, expected);
      assert.equal(
        gaps.length > 0,
        Object.values(expected).some((count) => count > 0),
      );
      const again = await store.erase(plan);
      assert.deepEqual(again, { readings: 0, events: 0, statistics: 0, rollups: 0, gaps: [] }, "done again");
    }
  }
}

/** Positions and contexts are as exact as the profile says; here nothing has a context. */
const plain = ({ position: _, ...reading }: Reading & { position?: number }) => plainReading(reading);

async function agrees(store: Store, model: Model, edges: readonly Micros[]): Promise<void> {
  for (const id of SERIES) {
    const own = inTime(model.readings.filter((reading) => reading.series === id));
    await withReader(store, async (reader) => {
      const expected = own.map(plain);
      assert.deepEqual((await collect(reader.readings(everyReading(id)))).map(plain), expected);
      const some = { order: "newest_first", limit: 7 } as const;
      const newest = expected.toReversed().slice(0, 7);
      assert.deepEqual((await collect(reader.readings(everyReading(id, some)))).map(plain), newest);
      const states: (string | null)[] = [];
      for await (const page of reader.columns({ ...everyReading(id), limit: MOST }))
        for (let i = page.from; i < page.to; i++) states.push(stateText(page.states, i));
      assert.deepEqual(
        states,
        own.map((reading) => reading.state),
      );
      for (const [bucket, found] of (await summariesByBucket(reader, id, edges)).entries()) {
        const [from, to] = [edges[bucket] as Micros, edges[bucket + 1] as Micros];
        const rows = own.filter(({ time }) => inside({ from, to }, time));
        sameSummary(found, summarise(rows), rows);
      }
      const [first, last] = [own[0], own.at(-1)];
      assert.deepEqual(await reader.recorded(id), first && last && { from: first.time, to: last.time });
      const before = await reader.before(id, timeAt(20));
      assert.equal(before?.state, own.findLast(({ time }) => time < timeAt(20))?.state);
      const statistics = await collect(reader.statistics({ series: id, period: "hour", window: ALL_TIME }));
      assert.deepEqual(
        statistics.map(({ start }) => start),
        model.statistics
          .filter((one) => one.series === id)
          .map(({ start }) => start)
          .sort((a, b) => a - b),
      );
    });
    const latest = store.latest(id);
    assert.deepEqual(latest && plain(latest), own.length > 0 ? plain(own.at(-1) as Reading) : undefined);
  }
  const events = await withReader(store, (reader) => collect(reader.events(everyEvent())));
  assert.deepEqual(
    events.map(({ time, data }) => ({ time, data })),
    inTime(model.events).map(({ time, data }) => ({ time, data })),
  );
}

export function amending(suite: Suite): void {
  const options = { numRuns: suite.profile.durable ? Math.ceil((suite.runs ?? 60) / 2) : 150, seed: SEED };
  const edges = fc
    .uniqueArray(fc.integer({ min: -5, max: 400 }), { minLength: 2, maxLength: 9 })
    .map((all) => all.sort((a, b) => a - b).map((hour) => T0 + hour * HOUR));

  test(`${suite.name}: whatever is corrected and erased, every answer is that of what is left`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), edges, (steps, at) =>
        withStore(suite, async (opened) => {
          let { store } = opened;
          const model: Model = { readings: [], events: [], statistics: [] };
          await store.append(SERIES.map((id) => seriesEntry(id)));
          for (const one of steps) {
            if (one.do === "seal") await store.seal();
            else if (one.do === "reopen") store = suite.profile.durable ? await opened.reopen() : store;
            else await take(store, model, one);
            await agrees(store, model, at);
          }
          await store.seal();
          assert.equal(store.stats().readings, model.readings.length);
          assert.equal(store.stats().events, model.events.length);
          await agrees(suite.profile.durable ? await opened.reopen() : store, model, at);
          assert.deepEqual(store.damages(), []);
        }),
      ),
      options,
    ));

  test(`${suite.name}: a correction of what is not there is refused, and nothing of its batch is done`, () =>
    withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(1), readingEntry({ time: T0 })]);
      const corrections = [T0, T0 + 1].map((time) => ({ series: 1, time, reading: null }));
      await assert.rejects(store.correct(corrections), { code: "reading_unknown" });
      const left = await withReader(store, (reader) => collect(reader.readings(everyReading(1))));
      assert.equal(left.length, 1);
    }));

  test(`${suite.name}: what is corrected is told corrected at once, and when it has become history`, () =>
    withStore(suite, async ({ store }) => {
      const rows = ["1", "2", "3"].map((text, i) => ({ series: 1, time: T0 + i, changed: T0 + i, state: text }));
      await store.append([seriesEntry(1), ...rows.map((one) => readingEntry(one))]);
      const corrected = readingEntry({ ...(rows[1] as (typeof rows)[number]), state: "9" });
      const reading = corrected.kind === "reading" ? corrected.reading : assert.fail();
      await store.correct([
        { series: 1, time: T0 + 1, reading },
        { series: 1, time: T0 + 2, reading: null },
      ]);
      const states = () =>
        withReader(store, async (reader) => {
          const found = await collect(reader.readings(everyReading(1)));
          return found.map((row) => `${row.state} ${row.origin}`);
        });
      assert.deepEqual(await states(), ["1 live", "9 corrected"]);
      assert.equal(store.latest(1)?.state, "9");
      await store.seal();
      assert.deepEqual(await states(), ["1 live", "9 corrected"]);
      assert.equal(store.stats().readings, 2);
    }));

  test(`${suite.name}: the log tells of what was corrected before and after, and of nothing that was erased`, () =>
    withStore(suite, async ({ store }) => {
      const reading = readingEntry({ time: T0, state: "1", context: null });
      const [, first, second] = await store.append([
        seriesEntry(1),
        reading,
        readingEntry({ time: T0 + 2, state: "2" }),
      ]);
      const corrected = { ...(reading.kind === "reading" ? reading.reading : assert.fail()), state: "9" };
      const [third] = await store.correct([{ series: 1, time: T0, reading: corrected }]);
      const told = () =>
        withReader(store, async (reader) => {
          const entries = await collect(reader.log({ after: 0, attributes: false }));
          return entries.map((entry) => (entry.kind === "reading" ? entry.reading.state : entry.kind));
        });
      assert.deepEqual(await told(), ["1", "2", "9"]);
      const { gaps } = await store.erase({ series: [{ series: 1, names: [] }], window: { from: T0, to: T0 + 1 } });
      assert.deepEqual(await told(), ["2", "gap"]);
      assert.deepEqual(store.gaps(ALL_TIME, 1), gaps);
      assert.deepEqual(
        gaps.map(({ from, to, cause }) => ({ from, to, cause })),
        [{ from: T0 - 1, to: T0 + 2, cause: "erased" }],
        "unknown until the next reading that is left",
      );
      await withReader(store, async (reader) => {
        for (const gone of [first, third]) {
          assert.equal(await reader.at(gone as number), undefined);
          assert.equal(await reader.holds(gone as number), true, "a stream goes on from there");
        }
        assert.equal((await reader.at(second as number))?.kind, "reading");
      });
    }));

  test(`${suite.name}: a view that was made before an erasure does not keep the answers of others`, () =>
    withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(1), readingEntry({ time: T0 })]);
      const view = store.view();
      let taken = false;
      const done = store.erase({ series: [{ series: 1, names: [] }], window: ALL_TIME }, () => {
        taken = true;
      });
      const reader = store.reader(view);
      assert.equal((await collect(reader.readings(everyReading(1)))).length, 1, "frozen");
      await reader.close();
      store.release(view);
      await done;
      assert.ok(taken);
      assert.deepEqual(await withReader(store, (own) => collect(own.readings(everyReading(1)))), []);
      assert.equal(store.latest(1), undefined);
    }));
}
