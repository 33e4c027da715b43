import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attributes, FLAWS, GAP_CAUSES, ORIGINS } from "../../domain/data/reading.ts";
import { type Suite, withStore } from "../conformance.ts";
import type { Entry, Store } from "../store.ts";
import { ATTRIBUTES, CONTEXTS, STATES, TIMES } from "./support/exact-values.ts";
import {
  collect,
  contextOf,
  eventEntry,
  everyEvent,
  everyReading,
  identityOf,
  plainEvent,
  plainReading,
  readingEntry,
  seriesEntry,
} from "./support/samples.ts";

const EVERYWHERE = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Reads everything back and compares it with what was appended, sorted by (time, position) as a reader would. */
async function comesBack(store: Store, entries: readonly Entry[]): Promise<void> {
  const view = store.view();
  const reader = store.reader(view);
  const byTime = (a: { time: number }, b: { time: number }) => a.time - b.time;
  const readings = entries.flatMap((entry) => (entry.kind === "reading" ? [entry.reading] : [])).sort(byTime);
  const events = entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])).sort(byTime);
  const drop = <T extends { position: number }>({ position: _, ...rest }: T) => rest;
  for (const series of new Set(readings.map((reading) => reading.series))) {
    const found = await collect(reader.readings(everyReading(series, { window: EVERYWHERE })));
    assert.deepEqual(
      found.map((reading) => drop(plainReading(reading) as { position: number })),
      readings.filter((reading) => reading.series === series).map(plainReading),
    );
    assert.equal(JSON.stringify(store.latest(series)?.attributes), JSON.stringify(found.at(-1)?.attributes));
    assert.equal(store.latest(series)?.state, found.at(-1)?.state);
  }
  const found = await collect(reader.events(everyEvent({ window: EVERYWHERE })));
  assert.deepEqual(
    found.map((event) => drop(plainEvent(event) as { position: number })),
    events.map(plainEvent),
  );
  assert.deepEqual(reader.damages, []);
  await reader.close();
  store.release(view);
}

/** Appends, compares, and compares again after a reopen where the engine keeps anything. */
async function keepsExactly(suite: Suite, entries: readonly Entry[]): Promise<void> {
  await withStore(suite, async (opened) => {
    await opened.store.append(entries);
    await comesBack(opened.store, entries);
    if (suite.profile.durable) await comesBack(await opened.reopen(), entries);
  });
}

/** Attributes large enough that a change of one is kept as a difference. */
function largeSteps(): Attributes[] {
  const many = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const parsed = (json: string): Attributes => JSON.parse(json);
  return [
    many,
    { ...many, c: 9 },
    { a: 1, b: 2, new: 0, c: 3, d: 4, e: 5, f: 6 },
    { new: 0, ...many },
    { ...many, new: 0 },
    many,
    { a: 1, b: 2, d: 4, e: 5, f: 6 },
    { b: 2, a: 1, c: 3, d: 4, e: 5, f: 6 },
    { ...many, 7: "sorted to the front" },
    parsed('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"__proto__":{"x":1}}'),
    parsed('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"__proto__":{"x":2}}'),
    parsed('{"a":1,"b":2,"__proto__":7,"c":3,"d":4,"e":5,"f":6}'),
    parsed('{"a":1,"b":2,"c":3,"__proto__":null,"d":4,"e":5,"f":6}'),
    { ...many, f: JSON.rawJSON("6.0") },
    { ...many, f: 6, g: undefined },
    many,
  ];
}

export function exactness(suite: Suite): void {
  const promise = (what: string, entries: () => readonly Entry[]) =>
    test(`${suite.name}: ${what}`, () => keepsExactly(suite, entries()));

  promise("every state text comes back exactly, in readings of their own and after one another", () => [
    seriesEntry(1),
    seriesEntry(2),
    ...Object.values(STATES).map((state, i) => readingEntry({ series: 1 + (i % 2), time: 1000 + i, state })),
  ]);

  for (const [what, attributes] of Object.entries(ATTRIBUTES))
    promise(`attributes come back exactly: ${what}`, () => [
      seriesEntry(1),
      readingEntry({ time: 1, attributes: { first: 1 } }),
      readingEntry({ time: 2, attributes }),
      readingEntry({ time: 3, attributes }),
      readingEntry({ time: 4, attributes: { ...attributes, changed: true } }),
      readingEntry({ time: 5, attributes: { first: 1 } }),
      eventEntry({ data: attributes }),
    ]);

  promise("attributes that change in every way keep each value and the order of their keys", () => {
    const steps = [
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 5, c: 3 },
      { a: 1, c: 3 },
      { c: 3, a: 1 },
      { c: 3, a: 1, b: 2 },
      { b: 2, c: 3, a: 1 },
      {},
      { a: { x: 1, y: 2 } },
      { a: { y: 2, x: 1 } },
      JSON.parse('{"a":{"x":1},"__proto__":1}'),
      JSON.parse('{"a":{"x":1},"__proto__":{"b":2}}'),
      JSON.parse('{"a":{"x":1}}'),
      ...largeSteps(),
      ...Array.from({ length: 40 }, (_, i) => ({ a: "unchanged", n: i, list: [i >> 2] })),
    ];
    return [seriesEntry(1), ...steps.map((attributes, i) => readingEntry({ time: i, attributes }))];
  });

  promise("contexts come back exactly", () => [
    seriesEntry(1),
    ...Object.values(CONTEXTS).flatMap((context, i) => [readingEntry({ time: i, context }), eventEntry({ context })]),
  ]);

  promise("times keep every microsecond, whatever their size", () => [
    seriesEntry(1),
    ...TIMES.flatMap((time) => TIMES.map((changed) => readingEntry({ time, changed }))),
    ...TIMES.map((time) => eventEntry({ time })),
  ]);

  promise("origins, flaws and marks come back exactly", () => [
    seriesEntry(1),
    ...ORIGINS.flatMap((origin, i) => [
      readingEntry({ time: i, origin }),
      readingEntry({ time: i, origin, timeIsArrival: true, state: null }),
      readingEntry({ time: i, origin, flaws: FLAWS }),
      readingEntry({ time: i, origin, flaws: [FLAWS[3], FLAWS[0], FLAWS[3]] }),
      eventEntry({ time: i, origin }),
    ]),
  ]);

  promise("a series number may be any whole number", () =>
    [0, 1, 127, 128, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER].flatMap((series) => [
      seriesEntry(series),
      readingEntry({ series }),
    ]),
  );

  promise("event types and data come back exactly", () => [
    eventEntry({ type: "", data: {}, context: null }),
    eventEntry({ time: 1, type: "lone \ud800 é", data: { list: [1, { a: "🏠" }] } }),
    eventEntry({ time: 2, data: { big: "x".repeat(300_000) } }),
  ]);

  test(`${suite.name}: gaps and identities come back exactly`, () =>
    withStore(suite, async (opened) => {
      const full = identityOf("light.küche", {
        from: -5,
        holdsName: false,
        registryId: "9f86d081884c7d659a2feaa0c55ad015",
        name: "Küche \ud800",
        deviceId: "d",
        areaId: "a",
        floorId: "f",
        labels: ["x", "y"],
        integration: "hue",
        category: "config",
      });
      const gaps = GAP_CAUSES.flatMap((cause, i) => [
        { kind: "states" as const, series: i, from: i, to: i + 10, cause },
        { kind: "events" as const, series: null, from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER, cause },
      ]);
      const positions = await opened.store.append([
        { kind: "series", series: 7, identity: identityOf("light.old") },
        { kind: "series", series: 7, identity: full },
        ...gaps.map((gap) => ({ kind: "gap" as const, gap })),
      ]);
      const expected = gaps
        .map((gap, i) => ({ ...gap, position: positions[i + 2] as number }))
        .sort((a, b) => a.from - b.from || a.position - b.position);
      const check = (store: Store) => {
        assert.deepEqual(store.series().get(7), { id: 7, identities: [full, identityOf("light.old")] });
        assert.deepEqual(store.gaps(EVERYWHERE), expected);
      };
      check(opened.store);
      if (suite.profile.durable) check(await opened.reopen());
    }));

  test(`${suite.name}: what cannot be kept is refused with its reason, and nothing of its batch counts`, () =>
    withStore(suite, async ({ store }) => {
      await store.append([seriesEntry(1)]);
      const before = store.stats();
      const circle: { [name: string]: unknown } = {};
      circle.self = circle;
      const refused: readonly [Entry, string][] = [
        [readingEntry({ series: 2 }), "series_unknown"],
        [readingEntry({ time: 1.5 }), "entry_not_storable"],
        [readingEntry({ changed: Number.NaN }), "entry_not_storable"],
        [readingEntry({ series: -1 }), "entry_not_storable"],
        [readingEntry({ attributes: circle }), "entry_not_storable"],
        [readingEntry({ state: 5 as unknown as string }), "entry_not_storable"],
        [readingEntry({ origin: "guessed" as "live" }), "entry_not_storable"],
        [readingEntry({ context: contextOf({ id: 1 as unknown as string }) }), "entry_not_storable"],
        [eventEntry({ data: circle }), "entry_not_storable"],
      ];
      for (const [entry, code] of refused)
        await assert.rejects(store.append([seriesEntry(9), readingEntry(), entry]), { code, retry: false });
      assert.deepEqual(store.stats(), before);
      assert.deepEqual(await store.append([]), []);
      await store.append([readingEntry()]);
      assert.equal(store.stats().readings, 1);
      assert.equal(store.series().has(9), false);
    }));
}
