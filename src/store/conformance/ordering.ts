import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reading } from "../../domain/data/reading.ts";
import { type Suite, withStore } from "../conformance.ts";
import { openView } from "../open.ts";
import type { Cursor, Entry, Store, View } from "../store.ts";
import {
  allReadings,
  collect,
  eventEntry,
  everyEvent,
  everyReading,
  readingEntry,
  seriesEntry,
} from "./support/samples.ts";

const states = async (store: Store, series = 1, view: View = store.view()): Promise<(string | null)[]> => {
  const reader = store.reader(view);
  const found = await collect(reader.readings(everyReading(series)));
  await reader.close();
  store.release(view);
  return found.map((reading) => reading.state);
};
const gap = (from: number, to: number, series: number | null = null, kind: "states" | "events" = "states"): Entry => ({
  kind: "gap",
  gap: { kind, series, from, to, cause: "disconnected" },
});

export function ordering(suite: Suite): void {
  const promise = (what: string, run: (store: Store) => Promise<void>) =>
    test(`${suite.name}: ${what}`, () => withStore(suite, ({ store }) => run(store)));

  promise("positions rise with every entry, through batches and concurrent calls", async (store) => {
    const calls = Array.from({ length: 50 }, (_, i) =>
      store.append([
        seriesEntry(i),
        ...Array.from({ length: i % 7 }, () => readingEntry({ series: i, state: `${i}` })),
      ]),
    );
    const positions = (await Promise.all(calls)).flat();
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(positions).size, positions.length);
    assert.equal(store.stats().position, positions.at(-1));
    assert.ok(positions.every((position) => Number.isSafeInteger(position) && position > 0));
  });

  promise("concurrent calls are kept in call order, and a refused one holds back nobody", async (store) => {
    await store.append([seriesEntry(1)]);
    const calls = Array.from({ length: 100 }, (_, i) =>
      i % 10 === 5
        ? assert.rejects(store.append([readingEntry({ series: 99 })]), { code: "series_unknown" })
        : store.append([readingEntry({ time: 5, state: `${i}` })]),
    );
    await Promise.all(calls);
    const expected = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 10 !== 5);
    assert.deepEqual((await states(store)).map(Number), expected);
  });

  promise("a series of an earlier call that is still being written is known", async (store) => {
    await Promise.all([store.append([seriesEntry(1)]), store.append([readingEntry()])]);
    assert.equal(store.stats().readings, 1);
  });

  promise("a late reading lands in its place and never replaces the latest", async (store) => {
    await store.append([
      seriesEntry(1),
      readingEntry({ time: 10, state: "a" }),
      readingEntry({ time: 30, state: "c" }),
    ]);
    await store.append([readingEntry({ time: 20, state: "b", origin: "late" })]);
    assert.equal(store.latest(1)?.state, "c");
    assert.deepEqual(await states(store), ["a", "b", "c"]);
    await store.append([readingEntry({ time: 30, state: "d" }), readingEntry({ time: 29, state: "e" })]);
    assert.equal(store.latest(1)?.state, "d");
    assert.deepEqual(await states(store), ["a", "b", "e", "c", "d"]);
  });

  promise("a removal is a reading like any other, and the latest one when it is the newest", async (store) => {
    await store.append([seriesEntry(1), readingEntry({ time: 1 })]);
    await store.append([readingEntry({ time: 2, state: null, timeIsArrival: true, attributes: {}, context: null })]);
    assert.equal(store.latest(1)?.state, null);
    assert.equal(store.latest(1)?.timeIsArrival, true);
    assert.deepEqual(await states(store), ["21.5", null]);
  });

  promise("the latest of all is one reading per series that has any", async (store) => {
    await store.append([1, 2, 3].flatMap((series) => [seriesEntry(series)]));
    await store.append([readingEntry({ series: 1 }), readingEntry({ series: 3, state: "on" })]);
    const latest = [...store.allLatest()].map(({ series, state }: Reading) => [series, state]);
    assert.deepEqual(latest.sort(), [
      [1, "21.5"],
      [3, "on"],
    ]);
    assert.equal(store.latest(2), undefined);
  });

  promise("a window holds its from and not its to; a cursor goes on strictly past its reading", async (store) => {
    await store.append([seriesEntry(1), ...[1, 2, 2, 2, 3, 4].map((time) => readingEntry({ time }))]);
    const view = store.view();
    const reader = store.reader(view);
    for (const order of ["oldest_first", "newest_first"] as const) {
      const whole = await collect(reader.readings(everyReading(1, { window: { from: 2, to: 4 }, order })));
      assert.deepEqual(
        whole.map(({ time }) => time),
        order === "oldest_first" ? [2, 2, 2, 3] : [3, 2, 2, 2],
      );
      const paged = [];
      for (let after: Cursor | undefined; ; ) {
        const query = everyReading(1, { window: { from: 2, to: 4 }, order, limit: 1, ...(after && { after }) });
        const [next, ...more] = await collect(reader.readings(query));
        assert.equal(more.length, 0);
        if (!next) break;
        paged.push(next);
        after = { time: next.time, position: next.position };
      }
      assert.deepEqual(paged, whole);
    }
    await assert.rejects(collect(reader.readings(everyReading(1, { limit: 0 }))), { code: "bad_query" });
    await reader.close();
    store.release(view);
  });

  promise("a series without readings answers nothing, and says so without an error", async (store) => {
    assert.deepEqual(await states(store, 12345), []);
  });

  promise("what append has resolved is found by the next query, events too", async (store) => {
    await store.append([seriesEntry(1)]);
    for (let i = 0; i < 20; i++) {
      await store.append([readingEntry({ time: i, state: `${i}` }), eventEntry({ time: i, type: `t${i % 2}` })]);
      const view = store.view({ series: [1] });
      const reader = store.reader(view);
      const [newest] = await collect(reader.readings(everyReading(1, { order: "newest_first", limit: 1 })));
      assert.equal(newest?.state, `${i}`);
      const events = await collect(reader.events(everyEvent({ types: [`t${i % 2}`] })));
      assert.equal(events.at(-1)?.time, i);
      await reader.close();
      store.release(view);
    }
  });

  promise("a view is frozen: what is appended after it is not in it", async (store) => {
    await store.append([seriesEntry(1), readingEntry({ time: 1, state: "a" }), eventEntry()]);
    const view = store.view();
    const going = store.append([readingEntry({ time: 0, state: "late" }), readingEntry({ time: 9, state: "b" })]);
    await going;
    await store.append([eventEntry(), readingEntry({ time: 2, state: "c" })]);
    const reader = store.reader(view);
    assert.equal((await collect(reader.events(everyEvent()))).length, 1);
    await reader.close();
    assert.deepEqual(await states(store, 1, view), ["a"]);
    assert.deepEqual(await states(store), ["late", "a", "c", "b"]);
  });

  promise("a view survives being posted to another thread", async (store) => {
    await store.append([
      seriesEntry(1),
      readingEntry({ attributes: { big: JSON.rawJSON("12345678901234567890.10"), a: [1] } }),
      eventEntry({ data: JSON.parse('{"__proto__":{"x":1}}') }),
    ]);
    const view = store.view();
    const here = store.reader(view);
    const there = openView(structuredClone(view));
    const events = (reader: typeof here) => collect(reader.events(everyEvent()));
    assert.deepEqual(await allReadings(there, 1), await allReadings(here, 1));
    assert.equal(JSON.stringify(await events(there)), JSON.stringify(await events(here)));
    await here.close();
    await there.close();
    store.release(view);
  });

  promise("a narrow view answers what it was made for and refuses the rest", async (store) => {
    await store.append([seriesEntry(1), seriesEntry(2), readingEntry(), readingEntry({ series: 2 }), eventEntry()]);
    const view = store.view({ series: [1], events: false });
    const reader = store.reader(view);
    assert.equal((await allReadings(reader, 1)).length, 1);
    await assert.rejects(collect(reader.readings(everyReading(2))), { code: "view_too_narrow" });
    await assert.rejects(collect(reader.events(everyEvent())), { code: "view_too_narrow" });
    await reader.close();
    store.release(view);
  });

  promise("gaps are found where they touch a window, oldest first, by series", async (store) => {
    await store.append([gap(50, 60), gap(10, 20, 1), gap(10, 20, 2), gap(15, 55, null, "events"), gap(0, 5)]);
    const found = (from: number, to: number, series?: number) =>
      store.gaps({ from, to }, series).map((it) => [it.from, it.series]);
    assert.deepEqual(found(0, 100), [
      [0, null],
      [10, 1],
      [10, 2],
      [15, null],
      [50, null],
    ]);
    assert.deepEqual(found(0, 100, 1), [
      [0, null],
      [10, 1],
      [50, null],
    ]);
    assert.deepEqual(found(20, 50), [[15, null]]);
    assert.deepEqual(found(5, 10), []);
    assert.deepEqual(found(60, 100), []);
  });

  promise("the figures count what is stored", async (store) => {
    assert.equal(store.stats().oldest, null);
    await store.append([seriesEntry(1), seriesEntry(2), readingEntry({ time: 5 }), eventEntry({ time: 3 }), gap(0, 1)]);
    await store.append([readingEntry({ time: 9 })]);
    const { readings, events, series, appended, oldest, newest, engine } = store.stats();
    assert.deepEqual(
      { readings, events, series, appended, oldest, newest, engine },
      {
        readings: 2,
        events: 1,
        series: 2,
        appended: { readings: 2, events: 1, gaps: 1 },
        oldest: 3,
        newest: 9,
        engine: suite.profile.engine,
      },
    );
    await store.sync();
    assert.equal(store.stats().unsyncedBytes, 0);
    assert.deepEqual(store.damages(), []);
  });

  promise("a closed store refuses, and closing twice is no error", async (store) => {
    await store.append([seriesEntry(1)]);
    await store.close();
    await store.close();
    await assert.rejects(store.append([readingEntry()]), { code: "store_closed" });
  });
}
