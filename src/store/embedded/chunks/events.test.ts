import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_SUMMARY, type Summary, summarise } from "../../../domain/data/summary.ts";
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

test("summaries come back, sums to rounding and the rest exactly, in a few bytes where their numbers are short", () => {
  const roundTrip = (summaries: readonly Summary[]): number => {
    const bytes = createBytes(8);
    for (const [i, summary] of summaries.entries()) putSummary(bytes, summary, summaries[i - 1]);
    const end = bytes.at;
    bytes.at = 0;
    let before: Summary | undefined;
    for (const { sum, integral, covered, increase, ...exact } of summaries) {
      before = takeSummary(bytes, before);
      const { sum: a, integral: b, covered: c, increase: d, ...others } = before;
      assert.deepEqual(others, exact);
      for (const [found, told] of [
        [a, sum],
        [b, integral],
        [c, covered],
        [d, increase],
      ] as const)
        assert.ok(Object.is(found, told) || Math.abs(found - told) <= 1e-12 * Math.abs(told), `${found} for ${told}`);
    }
    assert.equal(bytes.at, end);
    return end;
  };
  assert.equal(roundTrip([EMPTY_SUMMARY]), 1);
  const days = Array.from({ length: 30 }, (_, day) =>
    summarise(
      Array.from({ length: 60 }, (_, i) =>
        readingOf({ time: T0 + (day * 60 + i) * 1_440_000_123, state: (21 + ((i * 7919) % 530) / 100).toFixed(2) }),
      ),
    ),
  );
  assert.ok(roundTrip(days) < 30 * 40);
  const mixed = (state: string | null, i: number) =>
    readingOf({ time: T0 + i * 1e6, changed: T0 + (i % 5) * 1e6, state });
  const states = ["-5", "on", null, "0.1", "1e300", "7.25", "-0", "123456789012345", null];
  roundTrip([summarise(states.map(mixed)), summarise(states.slice(3).map(mixed)), EMPTY_SUMMARY, summarise([])]);
  const any = fc.oneof(
    fc.double(),
    fc.integer().map((n) => n / 100),
    fc.constantFrom(Number.NaN, -0, 0, 0.1, 1e300),
  );
  const anyTime = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
  fc.assert(
    fc.property(fc.array(any, { minLength: 11, maxLength: 11 }), anyTime, fc.boolean(), (list, time, flag) => {
      const [firstNumber, lastNumber, low, high, sum, integral, covered, removed, increase, firstCount, lastCount] =
        list as [number, number, number, number, number, number, number, number, number, number, number];
      const [min, max] = [Math.min(firstNumber, low), Math.max(firstNumber, high)];
      const one: Summary = {
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
      };
      roundTrip([one, one]);
    }),
  );
});
