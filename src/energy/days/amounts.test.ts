import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar } from "../../domain/time/calendar.ts";
import { type Amount, byDay, combined } from "./amounts.ts";

const QUARTER = 900_000_000;
const at = (text: string): number => Date.parse(text) * 1000;
const quarters = (from: number, values: readonly number[]): Amount[] =>
  values.map((kwh, i) => ({ from: from + i * QUARTER, to: from + (i + 1) * QUARTER, kwh }));
const calendar = createCalendar("Europe/Berlin");
const near = (a: number | null | undefined, b: number) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-9, `${a} ${b}`);

test("kWh, cost and carbon by local day equal a sum over every quarter, on a day of 25 hours too", () => {
  const start = at("2026-10-24T22:00:00Z");
  const kwh = Array.from({ length: 100 + 8 }, (_, i) => (i % 7) / 10);
  const price = quarters(start, kwh).map(({ from, to }, i) => ({ from, to, value: ((i * 13) % 11) / 10 - 0.2 }));
  const carbon = Array.from({ length: 54 }, (_, i) => ({
    from: start + i * 2 * QUARTER,
    to: start + (i + 1) * 2 * QUARTER,
    value: 100 + i,
  }));
  const days = byDay(quarters(start, kwh), { price, carbon }, calendar);
  assert.deepEqual(
    days.map(({ from, to }) => [from, (to - from) / QUARTER]),
    [
      [start, 100],
      [start + 100 * QUARTER, 96],
    ],
  );
  const sum = (from: number, to: number, rate: (i: number) => number) =>
    kwh.slice(from, to).reduce((total, one, i) => total + one * rate(from + i), 0);
  near(
    days[0]?.kwh,
    sum(0, 100, () => 1),
  );
  near(
    days[0]?.cost,
    sum(0, 100, (i) => ((i * 13) % 11) / 10 - 0.2),
  );
  near(
    days[0]?.carbon_g,
    sum(0, 100, (i) => 100 + Math.floor(i / 2)),
  );
  near(
    days[1]?.cost,
    sum(100, 108, (i) => ((i * 13) % 11) / 10 - 0.2),
  );
});

test("what has no price has no cost, and it is said of how much", () => {
  const start = at("2026-06-01T00:00:00Z");
  const amounts = quarters(start, [1, 1, 1, 1]);
  const half = [{ from: start, to: start + 2 * QUARTER, value: 0.5 }];
  const [day] = byDay(amounts, { price: half, carbon: [] }, calendar);
  assert.deepEqual([day?.kwh, day?.cost, day?.priced_kwh, day?.carbon_g, day?.rated_kwh], [4, 1, 2, null, 0]);
  // An hour that was rolled up, of which the second half is priced.
  const hour = [{ from: start, to: start + 4 * QUARTER, kwh: 4 }];
  const late = [{ from: start + 2 * QUARTER, to: start + 8 * QUARTER, value: 0.5 }];
  const [rolled] = byDay(hour, { price: late, carbon: [] }, calendar);
  assert.deepEqual([rolled?.cost, rolled?.priced_kwh], [1, 2]);
});

test("meters are taken together where each of them is known", () => {
  const whole = combined([
    { sign: 1, amounts: quarters(0, [5, 5, 5]) },
    { sign: -1, amounts: quarters(0, [1, 2]) },
    { sign: 1, amounts: quarters(QUARTER, [10, 10]) },
  ]);
  assert.deepEqual(whole, [{ from: QUARTER, to: 2 * QUARTER, kwh: 13 }]);
  assert.deepEqual(combined([]), []);
});
