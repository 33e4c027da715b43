import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Came, createScore, LEADS, type Truth } from "./score.ts";

const HOUR = 3_600_000_000;
const START = 500_000 * HOUR;
const slot = (hour: number, value: number | string, hours = 1) => ({
  from: START + hour * HOUR,
  to: START + (hour + hours) * HOUR,
  value,
});
const scored = (
  truth: Truth,
  came: readonly Came[],
  slots: readonly ReturnType<typeof slot>[],
  issuedHour = 0,
  until = 1_000,
) => {
  const score = createScore({ truth, came, until: START + until * HOUR });
  score.add({ issued: START + issuedHour * HOUR, slots });
  return score.result();
};
const at = (hour: number, value: number): Came => ({ time: START + hour * HOUR, value });
const over = (hour: number, value: number, hours = 1): Came => ({
  ...at(hour, value),
  until: START + (hour + hours) * HOUR,
});

test("an error is the distance from what came, a bias its direction, by hours ahead", () => {
  const came = [at(0, 10), at(1, 10), at(2, 10), at(30, 0)];
  assert.deepEqual(scored("moment", came, [slot(0, 11), slot(1, 12), slot(2, 8), slot(30, 5)]), {
    issues: 1,
    unknown: 0,
    leads: [
      { fromHours: 0, toHours: 1, count: 1, meanAbsoluteError: 1, bias: 1 },
      { fromHours: 1, toHours: 3, count: 2, meanAbsoluteError: 2, bias: 0 },
      { fromHours: 24, toHours: 48, count: 1, meanAbsoluteError: 5, bias: 5 },
    ],
  });
});

test("what came is the value nearest to the beginning, within half an hour; else it is not known", () => {
  assert.equal(scored("moment", [at(0.75, 3), at(1.2, 7)], [slot(1, 7)]).leads[0]?.meanAbsoluteError, 0);
  assert.deepEqual(scored("moment", [at(0.4, 3), at(1.6, 7)], [slot(1, 7)]), { issues: 1, unknown: 1, leads: [] });
});

test("a slot that is not over, one from before the issue, and a text are not judged", () => {
  const came = [at(0, 1), at(1, 1)];
  assert.deepEqual(scored("moment", came, [slot(0, 1), slot(1, "rainy"), slot(5, 1)], 1, 5), {
    issues: 1,
    unknown: 0,
    leads: [],
  });
});

test("a sum is of what covers the slot exactly: neither a hole nor a rest", () => {
  const hours = [over(0, 1), over(1, 2), over(2, 4)];
  assert.equal(scored("sum", hours, [slot(0, 7, 3)]).leads[0]?.meanAbsoluteError, 0);
  assert.equal(scored("sum", [over(0, 1), over(2, 4)], [slot(0, 5, 3)]).unknown, 1);
  assert.equal(scored("sum", [over(0, 1, 2)], [slot(0, 1)]).unknown, 1);
  assert.equal(scored("sum", [at(0, 1)], [slot(0, 1)]).unknown, 1);
  // The later word of an hour holds.
  assert.equal(scored("sum", [over(0, 9), over(0, 1), over(1, 2)], [slot(0, 3, 2)]).leads[0]?.meanAbsoluteError, 0);
});

test("the highest and lowest of a day count where nobody looked away for two hours", () => {
  const day = Array.from({ length: 25 }, (_, hour) => at(hour, hour === 14 ? 9 : hour === 5 ? -3 : 2));
  assert.equal(scored("highest", day, [slot(0, 9, 24)]).leads[0]?.meanAbsoluteError, 0);
  assert.equal(scored("lowest", day, [slot(0, -3, 24)]).leads[0]?.meanAbsoluteError, 0);
  assert.equal(
    scored(
      "highest",
      day.filter((_, hour) => hour < 10 || hour > 13),
      [slot(0, 9, 24)],
    ).unknown,
    1,
  );
  assert.equal(scored("highest", day.slice(0, 20), [slot(0, 9, 24)]).unknown, 1);
  assert.equal(scored("highest", [], [slot(0, 9, 24)]).unknown, 1);
});

test("the score equals one that is worked out slot by slot by plain arithmetic", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 40 }), { minLength: 60, maxLength: 60 }),
      fc.array(
        fc.record({
          issued: fc.integer({ min: 0, max: 20 }),
          values: fc.array(fc.integer({ min: -20, max: 40 }), { minLength: 1, maxLength: 30 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      (truth, issues) => {
        const score = createScore({
          truth: "moment",
          came: truth.map((value, hour) => at(hour, value)),
          until: START + 1_000 * HOUR,
        });
        for (const { issued, values } of issues)
          score.add({ issued: START + issued * HOUR, slots: values.map((value, i) => slot(issued + i, value)) });
        const errors = issues.flatMap(({ issued, values }) =>
          values.map((value, i) => ({ ahead: i, error: value - (truth[issued + i] as number) })),
        );
        const expected = LEADS.slice(1).flatMap((toHours, i) => {
          const fromHours = LEADS[i] as number;
          const group = errors.filter(({ ahead }) => ahead >= fromHours && ahead < toHours);
          const mean = (of: (error: number) => number) =>
            group.reduce((sum, { error }) => sum + of(error), 0) / group.length;
          return group.length === 0
            ? []
            : [
                {
                  fromHours,
                  toHours,
                  count: group.length,
                  meanAbsoluteError: mean(Math.abs),
                  bias: mean((error) => error),
                },
              ];
        });
        assert.deepEqual(score.result().leads, expected);
      },
    ),
  );
});
