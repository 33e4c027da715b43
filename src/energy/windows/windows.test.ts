import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import type { Window } from "../../domain/time/time.ts";
import { cheapestRun, type PricedSlot, type Run, type Stage, totalOf } from "./windows.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const at = (text: string): number => Date.parse(text) * 1000;

/** Every start of a whole minute, by the price of every single minute. */
function bruteForce(stages: readonly Stage[], slots: readonly PricedSlot[], window: Window) {
  const watts = stages.flatMap(({ length, watts }) => Array<number>(length / MINUTE).fill(watts));
  const prices: (number | undefined)[] = [];
  for (let time = window.from; time < window.to; time += MINUTE)
    prices.push(slots.find(({ from, to }) => from <= time && time < to)?.value);
  let best: { start: number; total: number } | undefined;
  for (let start = 0; start + watts.length <= prices.length; start++) {
    let total = 0;
    for (const [i, taken] of watts.entries()) total += ((prices[start + i] ?? Number.NaN) * taken) / 60 / 1000;
    if (!Number.isNaN(total) && (!best || total < best.total - 1e-9))
      best = { start: window.from + start * MINUTE, total };
  }
  return best;
}
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

function agrees(stages: readonly Stage[], slots: readonly PricedSlot[], window: Window): void {
  const expected = bruteForce(stages, slots, window);
  const run: Run = { stages, split: false };
  if (!expected) {
    assert.throws(() => cheapestRun(run, slots, window), { code: "no_window" });
    return;
  }
  const found = cheapestRun(run, slots, window);
  near(found.total, expected.total);
  assert.equal(found.parts.length, 1);
  assert.equal(found.parts[0]?.from, expected.start);
  near(totalOf(stages, found.parts, slots) as number, found.total);
}

/** Slots of a quarter of an hour or an hour, some of them missing, prices negative and equal ones among them. */
const day = fc
  .record({
    step: fc.constantFrom(15 * MINUTE, HOUR),
    values: fc.array(fc.option(fc.integer({ min: -5, max: 12 }), { freq: 9 }), { minLength: 1, maxLength: 30 }),
  })
  .map(({ step, values }) =>
    values.flatMap((value, i) => (value === null ? [] : [{ from: i * step, to: (i + 1) * step, value: value / 10 }])),
  );
const stage = fc.record({
  length: fc.integer({ min: 1, max: 150 }).map((minutes) => minutes * MINUTE),
  watts: fc.integer({ min: -500, max: 3000 }),
});

test("a run is placed where trying every minute places it", () => {
  fc.assert(
    fc.property(
      day,
      fc.array(stage, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 1800 }),
      (slots, stages, from, length) => agrees(stages, slots, { from: from * MINUTE, to: (from + length) * MINUTE }),
    ),
    { numRuns: 150 },
  );
});

test("a run that may pause takes the cheapest minutes there are, in as few parts as they lie in", () => {
  fc.assert(
    fc.property(day, stage, (slots, { length, watts }) => {
      const window = { from: 0, to: 30 * HOUR };
      const minutes = slots.flatMap(({ from, to, value }) => Array<number>((to - from) / MINUTE).fill(value));
      const run: Run = { stages: [{ length, watts }], split: true };
      if (minutes.length < length / MINUTE)
        return assert.throws(() => cheapestRun(run, slots, window), { code: "no_window" });
      const each = minutes.map((value) => (value * watts) / 60 / 1000).sort((a, b) => a - b);
      const found = cheapestRun(run, slots, window);
      near(
        found.total,
        each.slice(0, length / MINUTE).reduce((a, b) => a + b, 0),
      );
      assert.equal(
        found.parts.reduce((sum, { from, to }) => sum + to - from, 0),
        length,
      );
      for (const [i, part] of found.parts.entries())
        assert.ok(part.to > part.from && (i === 0 || part.from > (found.parts[i - 1]?.to ?? 0)));
      near(totalOf(run.stages, found.parts, slots) as number, found.total);
    }),
    { numRuns: 200 },
  );
});

test("a part of a slot is taken where it joins another", () => {
  const slots = [3, 2, 1, 9].map((value, i) => ({ from: i * HOUR, to: (i + 1) * HOUR, value }));
  const run = { stages: [{ length: 1.5 * HOUR, watts: 1000 }], split: true };
  assert.deepEqual(cheapestRun(run, slots, { from: 0, to: 4 * HOUR }).parts, [{ from: 1.5 * HOUR, to: 3 * HOUR }]);
});

test("a run that cannot be placed says why: no price, too short a time, a hole in the middle", () => {
  const slots = [0, 2].map((i) => ({ from: i * HOUR, to: (i + 1) * HOUR, value: 1 }));
  const run = { stages: [{ length: 1.5 * HOUR, watts: 1000 }], split: false };
  const window = { from: 0, to: 3 * HOUR };
  assert.throws(() => cheapestRun(run, [], window), { code: "no_window", message: /known of 0\.0 h/ });
  assert.throws(() => cheapestRun(run, slots, window), { code: "no_window", message: /2\.0 h, never long enough/ });
  assert.throws(() => cheapestRun(run, slots, { from: 0, to: HOUR }), { code: "no_window", message: /longer than/ });
  assert.equal(cheapestRun({ ...run, split: true }, slots, window).parts.length, 2);
  assert.equal(totalOf(run.stages, [{ from: 0, to: 1.5 * HOUR }], slots), null);
});

/** aWATTar's form, in which Energy-Charts' quarters are recorded, too: EUR/MWh, milliseconds. */
const dayOf = (file: string): PricedSlot[] =>
  (JSON.parse(recorded(file)).data as { start_timestamp: number; end_timestamp: number; marketprice: number }[]).map(
    ({ start_timestamp: from, end_timestamp: to, marketprice }) => ({
      from: from * 1000,
      to: to * 1000,
      value: marketprice / 1000,
    }),
  );

test("recorded days: of 23 and 25 hours, of quarters, of prices below zero", { skip: recordedAreAbsent }, () => {
  const washing = [
    { length: 20 * MINUTE, watts: 2100 },
    { length: 70 * MINUTE, watts: 180 },
    { length: 15 * MINUTE, watts: 450 },
  ];
  const days = [
    "awattar/at_2025-03-30_23h_day_overrun.json",
    "awattar/at_2024-10-27_25h_day_short.json",
    "awattar/at_2023-07-02_minus500.json",
    "awattar/at_2026-08-20_normal.json",
    "energy-charts/price_at_2025-10-26_100_quarters.json",
  ].map(dayOf);
  assert.equal(days[4]?.length, 100);
  for (const slots of days) {
    const whole = { from: (slots[0] as PricedSlot).from, to: (slots.at(-1) as PricedSlot).to };
    agrees(washing, slots, whole);
    agrees([{ length: 3 * HOUR, watts: 11_000 }], slots, whole);
    // Across midnight of the day, and with an hour missing.
    agrees(washing, slots, { from: whole.from + 17 * HOUR, to: whole.to });
    agrees(
      washing,
      slots.filter((_, i) => i !== 9),
      whole,
    );
  }
  const midnight = createCalendar("Europe/Vienna").startOf("day", at("2025-10-26T12:00:00Z"));
  assert.equal(days[4]?.[0]?.from, midnight);
});
