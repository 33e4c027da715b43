import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_SUMMARY, type Summary, summarise } from "../../../domain/summary.ts";
import { entry } from "../../conformance/random.ts";
import { ATTRIBUTES, CONTEXTS, TIMES } from "../../conformance/support/exact-values.ts";
import { eventOf, plainEvent, readingOf, T0 } from "../../conformance/support/samples.ts";
import { createBytes } from "../format/bytes.ts";
import { encodeEvents, openEvents } from "./events.ts";
import { putSummary, takeSummary } from "./summaries.ts";

const comesBack = (events: Parameters<typeof encodeEvents>[0]): void =>
  assert.deepEqual(openEvents(encodeEvents(events)).map(plainEvent), events.map(plainEvent));

test("events come back exactly, with their positions and in their order", () => {
  comesBack([]);
  comesBack(
    [
      ...TIMES.map((time) => eventOf({ time })),
      ...Object.values(ATTRIBUTES).map((data) => eventOf({ data })),
      ...Object.values(CONTEXTS).map((context) => eventOf({ context })),
      eventOf({ type: "lone \ud800 é" }),
      eventOf({ type: "" }),
    ].map((event, i) => ({ ...event, position: i * 2 ** 40 })),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.maxSafeNat(), (entries, position) => {
      const events = entries.flatMap((it) => (it.kind === "event" ? [it.event] : []));
      comesBack(events.map((event, i) => ({ ...event, position: Math.max(0, position - i) })));
    }),
  );
});

test("a summary comes back exactly, in a few bytes where its numbers are short", () => {
  const roundTrip = (summary: Summary): number => {
    const bytes = createBytes(8);
    putSummary(bytes, summary);
    const end = bytes.at;
    bytes.at = 0;
    assert.deepEqual(takeSummary(bytes), summary);
    assert.equal(bytes.at, end);
    return end;
  };
  assert.equal(roundTrip(EMPTY_SUMMARY), 1);
  const room = Array.from({ length: 600 }, (_, i) => readingOf({ time: T0 + i * 3e8, state: `${21 + (i % 30) / 10}` }));
  assert.ok(roundTrip(summarise(room)) < 100);
  const any = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, 0, 0.1, 1e300, -21.5));
  fc.assert(
    fc.property(
      fc.array(any, { minLength: 11, maxLength: 11 }),
      fc.maxSafeInteger(),
      fc.boolean(),
      (list, time, flag) => {
        const [firstNumber, lastNumber, min, max, sum, integral, covered, removed, increase, firstCount, lastCount] =
          list as [number, number, number, number, number, number, number, number, number, number, number];
        roundTrip({
          ...{
            readings: 7,
            changes: 5,
            numbers: 3,
            firstTime: time,
            lastTime: T0,
            lastIsNumber: flag,
            lastIsRemoval: !flag,
          },
          ...{ firstNumber, lastNumber, min, max, sum, integral, covered, removed, increase, firstCount, lastCount },
        });
      },
    ),
  );
});
