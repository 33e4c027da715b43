import assert from "node:assert/strict";
import { test } from "node:test";
import type { Position } from "../../domain/data/reading.ts";
import { type Suite, withStore } from "../conformance.ts";
import type { Entry, LogEntry, Narrow, Store, ViewReader } from "../store.ts";
import {
  collect,
  eventEntry,
  plainEntry,
  readingEntry,
  seriesEntry,
  statisticEntry,
  T0,
  toldAt,
} from "./support/samples.ts";

type Told = Exclude<Entry, { kind: "series" | "statistic" }>;

/** Every kind of entry, several batches, shared and own attributes, times out of order. */
const batches: readonly (readonly Entry[])[] = [
  [seriesEntry(1), readingEntry({ state: "a", attributes: { unit: "°C", long: "x".repeat(500) } })],
  [eventEntry({ time: T0 + 3, type: "first" }), readingEntry({ time: T0 + 1, state: "b" }), seriesEntry(2)],
  [{ kind: "gap", gap: { kind: "events", series: null, from: T0, to: T0 + 2, cause: "disconnected" } }],
  [statisticEntry()],
  [
    readingEntry({ series: 2, time: T0 - 50, state: null, attributes: {} }),
    eventEntry({ time: T0 + 60, type: "last", data: { deep: { list: [1, "é", null] } } }),
    readingEntry({ time: T0 + 1, state: "c", attributes: { unit: "°C", long: "x".repeat(501) } }),
  ],
];

async function fill(store: Store): Promise<{ expected: LogEntry[]; untold: Position[] }> {
  const expected: LogEntry[] = [];
  const untold: Position[] = [];
  for (const batch of batches) {
    const positions = await store.append(batch);
    for (const [i, entry] of batch.entries()) {
      const position = positions[i] as Position;
      if (entry.kind === "series" || entry.kind === "statistic") untold.push(position);
      else expected.push(toldAt(entry as Told, position));
    }
  }
  return { expected, untold };
}

const positionOf = (entry: LogEntry): Position =>
  entry.kind === "reading"
    ? entry.reading.position
    : entry.kind === "event"
      ? entry.event.position
      : entry.gap.position;

async function withReader(store: Store, run: (reader: ViewReader) => Promise<void>, narrow?: Narrow): Promise<void> {
  const view = store.view(narrow);
  const reader = store.reader(view);
  await run(reader);
  await reader.close();
  store.release(view);
}

export function byPosition(suite: Suite): void {
  const promise = (what: string, run: (store: Store, reopen: () => Promise<Store>) => Promise<void>) =>
    test(`${suite.name}: ${what}`, () => withStore(suite, ({ store, reopen }) => run(store, reopen)));

  promise(
    "the log tells everything in the order in which it was stored, from any position on",
    async (first, reopen) => {
      const { expected } = await fill(first);
      for (const store of [first, await reopen()])
        await withReader(store, async (reader) => {
          const last = store.stats().position;
          for (let after = -1; after <= last + 1; after++) {
            const found = (await collect(reader.log({ after, attributes: true }))).map(plainEntry);
            assert.deepEqual(
              found,
              expected.filter((entry) => positionOf(entry) > after).map(plainEntry),
              `after ${after}`,
            );
          }
        });
    },
  );

  promise("the log of a time leaves out everything else, and attributes where nobody asks", async (store) => {
    const { expected } = await fill(store);
    await withReader(store, async (reader) => {
      const window = { from: T0 + 1, to: T0 + 60 };
      const found = await collect(reader.log({ after: 0, window, attributes: false }));
      const states = found.map((entry) => (entry.kind === "reading" ? entry.reading.state : entry.kind));
      assert.deepEqual(states, ["event", "b", "c"]);
      for (const entry of found) if (entry.kind === "reading") assert.deepEqual(entry.reading.attributes, {});
      const after = positionOf(expected[1] as LogEntry);
      assert.equal((await collect(reader.log({ after, window, attributes: false }))).length, 2);
    });
  });

  promise("each entry is found at its position, and nothing where none begins", async (first, reopen) => {
    const { expected, untold } = await fill(first);
    for (const store of [first, await reopen()])
      await withReader(
        store,
        async (reader) => {
          const byPlace = new Map(expected.map((entry) => [positionOf(entry), entry]));
          for (let position = -1; position <= store.stats().position + 20; position++) {
            const [found, wanted] = [await reader.at(position), byPlace.get(position)];
            assert.deepEqual(found && plainEntry(found), wanted && plainEntry(wanted), `at ${position}`);
            assert.equal(
              await reader.holds(position),
              wanted !== undefined || untold.includes(position),
              `at ${position}`,
            );
          }
          for (const position of [...untold, Number.MAX_SAFE_INTEGER])
            assert.equal(await reader.at(position), undefined);
        },
        { series: [], events: false },
      );
    assert.deepEqual(first.damages(), []);
  });

  promise("what comes after a view was made is not in its log", async (store) => {
    const { expected } = await fill(store);
    const view = store.view();
    const reader = store.reader(view);
    const [position] = await store.append([readingEntry({ state: "later" })]);
    assert.equal((await collect(reader.log({ after: 0, attributes: true }))).length, expected.length);
    assert.equal(await reader.at(position as Position), undefined);
    await reader.close();
    store.release(view);
  });

  promise("a view made without the log refuses to be asked by position", async (store) => {
    await fill(store);
    await withReader(
      store,
      async (reader) => {
        await assert.rejects(collect(reader.log({ after: 0, attributes: true })), { code: "view_too_narrow" });
        await assert.rejects(reader.at(1), { code: "view_too_narrow" });
        await assert.rejects(reader.holds(1), { code: "view_too_narrow" });
      },
      { log: false },
    );
  });
}
