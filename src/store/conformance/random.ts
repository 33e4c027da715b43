import fc from "fast-check";
import { type Attributes, type Context, FLAWS, GAP_CAUSES, ORIGINS, type Reading } from "../../domain/data/reading.ts";
import type { Entry, EventsQuery, ReadingsQuery } from "../store.ts";
import { CONTEXTS, STATES } from "./support/exact-values.ts";
import { eventEntry, identityOf, T0 } from "./support/samples.ts";

/** Few series and few times, so that ties, late readings and shared windows are common. */
export const SERIES = [1, 2, 3, 40_000];

const time: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => T0 + n) },
  { weight: 2, arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map((n) => T0 + n * 1000) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
);
const series = fc.constantFrom(...SERIES);
const context: fc.Arbitrary<Context | null> = fc.constantFrom(...Object.values(CONTEXTS));
const state = fc.oneof(
  fc.constantFrom(...Object.values(STATES).filter((text) => (text?.length ?? 0) < 1000)),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.double().map(String),
);

const key = fc.constantFrom("a", "b", "c", "__proto__", "1", "2", "long key with é", "");
const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom<unknown>(null, true, "", [1, [2]], { a: 1, b: 2 }, { b: 2, a: 1 }, JSON.rawJSON("1.0"), {
    rawJSON: "1.0",
  }),
  fc.jsonValue({ maxDepth: 2 }),
);
/** Built entry by entry: `Object.fromEntries` keeps `__proto__` as an own key, in the order given. */
const attributes: fc.Arbitrary<Attributes> = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 6 })
  .map((pairs) => Object.fromEntries(pairs));

const reading: fc.Arbitrary<Reading> = fc
  .record({
    series,
    time,
    changed: fc.option(time, { nil: null, freq: 3 }),
    state,
    attributes,
    context,
    origin: fc.constantFrom(...ORIGINS),
    timeIsArrival: fc.boolean(),
    flaws: fc.array(fc.constantFrom(...FLAWS), { maxLength: 3 }),
  })
  .map((parts) => ({ ...parts, changed: parts.changed ?? parts.time }));

export const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 8, arbitrary: reading.map((it): Entry => ({ kind: "reading", reading: it })) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        time,
        context,
        data: attributes,
        type: fc.constantFrom("a", "b", "é\ud800"),
        origin: fc.constantFrom(...ORIGINS),
      })
      .map(eventEntry),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        kind: fc.constantFrom("states" as const, "events" as const),
        series: fc.option(series),
        from: time,
        to: time,
        cause: fc.constantFrom(...GAP_CAUSES),
      })
      .map((gap): Entry => ({ kind: "gap", gap })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ series, from: time, name: fc.option(fc.string({ unit: "binary" })), labels: fc.array(fc.string()) })
      .map((it): Entry => ({ kind: "series", series: it.series, identity: identityOf(`light.s${it.series}`, it) })),
  },
);
export const batch = fc.array(entry, { minLength: 1, maxLength: 30 });

/** As Home Assistant sends them: attributes are mostly those from before, or differ from them in one place. */
export const withRelatedAttributes = (entries: readonly Entry[]): Entry[] => {
  let last: Attributes | undefined;
  return entries.map((it, i) => {
    if (it.kind !== "reading") return it;
    const attributes = last && i % 4 !== 0 ? related(last, it.reading.attributes, i) : it.reading.attributes;
    last = attributes;
    return { kind: "reading", reading: { ...it.reading, attributes } };
  });
};

/** The very same object, or with one more, changed, moved or missing. */
function related(before: Attributes, other: Attributes, i: number): Attributes {
  const pairs = Object.entries(before);
  const [first, ...rest] = pairs;
  const [changed] = Object.entries(other);
  switch (i % 5) {
    case 0:
      return Object.fromEntries([...pairs, ["more", i]]);
    case 1:
      return Object.fromEntries([["before", i], ...pairs]);
    case 2:
      return Object.fromEntries(first ? [...rest, first] : rest);
    case 3:
      return Object.fromEntries(changed ? [...pairs.filter(([name]) => name !== changed[0]), changed] : rest);
    default:
      return before;
  }
}

const bounds = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));
const everywhere = fc.constant({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
const page = {
  window: fc.oneof(bounds, everywhere),
  order: fc.constantFrom("oldest_first" as const, "newest_first" as const),
  limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(1e9)),
};
export const readingsQuery: fc.Arbitrary<ReadingsQuery> = fc.record({ ...page, series, attributes: fc.boolean() });
export const eventsQuery: fc.Arbitrary<EventsQuery> = fc.oneof(
  fc.record(page),
  fc.record({ ...page, types: fc.subarray(["a", "b", "é\ud800", "none"], { minLength: 1 }) }),
);
