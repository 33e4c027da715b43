import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { combine, EMPTY_SUMMARY, numberOf, type Summary, summarise } from "./summary.ts";

type Row = { readonly time: number; readonly changed: number; readonly state: string | null };

const state = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2000 }).map((n) => (n / 100).toFixed(2)) },
  { weight: 2, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String) },
  { weight: 2, arbitrary: fc.constantFrom("unavailable", "unknown", "", "on", "-0", "-3", "0", "1e3") },
  { weight: 1, arbitrary: fc.constant(null) },
);
const rows: fc.Arbitrary<Row[]> = fc
  .array(fc.record({ after: fc.integer({ min: 0, max: 1e10 }), state, same: fc.boolean() }), { maxLength: 60 })
  .map((steps) => {
    let time = 1_795_455_326_760_001;
    return steps.map((step) => {
      time += step.after;
      return { time, changed: step.same ? time - 1 : time, state: step.state };
    });
  });

const isNumber = (text: string | null): boolean => text !== null && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** The same said as plainly as it can be. */
function bruteForce(of: readonly Row[]): Summary {
  const numeric = of.filter((row) => isNumber(row.state)).map((row) => Number(row.state) + 0);
  const counts = numeric.filter((value) => value >= 0);
  const spans = of.slice(0, -1).flatMap((row, i) => {
    const seconds = ((of[i + 1] as Row).time - row.time) / 1e6;
    return isNumber(row.state) ? [{ seconds, area: Number(row.state) * seconds }] : [];
  });
  const absences = of.slice(0, -1).map((row, i) => (row.state === null ? (of[i + 1] as Row).time - row.time : 0) / 1e6);
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    readings: of.length,
    changes: of.filter((row) => row.changed === row.time).length,
    numbers: numeric.length,
    firstTime: of[0]?.time ?? Number.NaN,
    lastTime: of.at(-1)?.time ?? Number.NaN,
    firstNumber: numeric[0] ?? Number.NaN,
    lastNumber: numeric.at(-1) ?? Number.NaN,
    lastIsNumber: of.length > 0 && isNumber((of.at(-1) as Row).state),
    lastIsRemoval: of.length > 0 && of.at(-1)?.state === null,
    min: numeric.length === 0 ? Number.NaN : Math.min(...numeric),
    max: numeric.length === 0 ? Number.NaN : Math.max(...numeric),
    sum: total(numeric),
    integral: total(spans.map(({ area }) => area)),
    covered: total(spans.map(({ seconds }) => seconds)),
    removed: total(absences),
    increase: total(
      counts.slice(1).map((value, i) => {
        const before = counts[i] as number;
        return value < 0.9 * before ? value : value - before;
      }),
    ),
    firstCount: counts[0] ?? Number.NaN,
    lastCount: counts.at(-1) ?? Number.NaN,
  };
}

const ROUNDED = ["sum", "integral", "covered", "removed", "increase"] as const;

/** Equal, and what was added up within 1e-9 of the size of what was added. */
function agree(found: Summary, expected: Summary, of: readonly Row[]): void {
  const exact = (one: Summary) => ({ ...one, ...Object.fromEntries(ROUNDED.map((field) => [field, 0])) });
  assert.deepEqual(exact(found), exact(expected));
  const sizes = of.map((row) => Math.abs(numberOf(row.state)) || 0).reduce((a, b) => a + b, 1);
  const span = Math.max(1, ((of.at(-1)?.time ?? 0) - (of[0]?.time ?? 0)) / 1e6);
  for (const field of ROUNDED) {
    const size = field === "integral" ? sizes * span : field === "covered" || field === "removed" ? span : sizes;
    assert.ok(Math.abs(found[field] - expected[field]) <= 1e-9 * size, `${field}: ${found[field]} ${expected[field]}`);
  }
}

test("a summary is what a plain count of the readings gives", () => {
  fc.assert(
    fc.property(rows, (all) => agree(summarise(all), bruteForce(all), all)),
    { numRuns: 500 },
  );
});

test("the summaries of any split, combined in order, are the summary of the whole", () => {
  fc.assert(
    fc.property(rows, fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), (all, cuts) => {
      const edges = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
      const parts = edges.slice(1).map((to, i) => summarise(all.slice(edges[i], to)));
      agree(parts.reduce(combine), bruteForce(all), all);
      // In whatever order the parts are joined.
      agree(
        parts.reduceRight((after, before) => combine(before, after)),
        bruteForce(all),
        all,
      );
    }),
    { numRuns: 500 },
  );
});

test("a state is a number when it is one to Home Assistant: written in decimals, and finite", () => {
  for (const [text, value] of [
    ["21.50", 21.5],
    ["-0", 0],
    ["1e5", 1e5],
    ["007", 7],
    [".5", 0.5],
    ["+3", 3],
    [" 4 ", 4],
  ] as const)
    assert.equal(numberOf(text), value, text);
  for (const text of [null, "", " ", "on", "nan", "inf", "Infinity", "1e309", "0x10", "0b1", " 0O7", "1,5", "5 °C"])
    assert.ok(Number.isNaN(numberOf(text)), String(text));
});

test("a counter that begins again counts from zero, a small dip is taken back, and what lies below zero is passed over", () => {
  const increase = (...states: string[]) =>
    summarise(states.map((text, i) => ({ time: i, changed: i, state: text }))).increase;
  assert.equal(increase("10", "15", "2", "4"), 5 + 2 + 2);
  assert.equal(increase("100", "90", "95"), -10 + 5);
  assert.equal(increase("100", "89.9"), 89.9);
  assert.equal(increase("100", "-1", "101"), 1);
  assert.equal(increase("100", "unavailable", "103"), 3);
  assert.equal(increase("0", "0"), 0);
});

test("an empty run changes nothing that it is combined with", () => {
  const some = summarise([{ time: 5, changed: 5, state: "2" }]);
  assert.deepEqual(combine(EMPTY_SUMMARY, some), some);
  assert.deepEqual(combine(some, EMPTY_SUMMARY), some);
  assert.deepEqual(summarise([]), EMPTY_SUMMARY);
});
