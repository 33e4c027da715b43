import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "./plan.ts";
import { cheapestStretch } from "./today.ts";

const HOUR = 3_600_000_000;
const DAY = { from: 0, to: 24 * HOUR };
const hours = (...values: number[]) => values.map((value, i) => ({ from: i * HOUR, to: (i + 1) * HOUR, value }));
const slotsOf = (from: number, to: number, value: number) => [{ from: from * HOUR, to: to * HOUR, value }];
const why = (length: number, slots: ReturnType<typeof hours>) => {
  const found = cheapestStretch(length * HOUR, slots, DAY);
  return "why" in found ? found.why : found;
};

test("the cheapest stretch of a day is found, also where it is over already", () => {
  const day = hours(3, 1, 2, ...Array<number>(21).fill(5));
  assert.deepEqual(cheapestStretch(HOUR, day, DAY), { from: HOUR, to: 2 * HOUR });
  assert.deepEqual(cheapestStretch(3 * HOUR, day, DAY), { from: 0, to: 3 * HOUR });
});

test("a price that never changes has no cheapest hour, however its slots are cut, and whatever it is on other days", () => {
  const same = /same all day/;
  assert.match(String(why(1, slotsOf(-48, 72, 0.3))), same);
  assert.match(String(why(3, hours(...Array<number>(24).fill(0.3)))), same);
  assert.match(String(why(1, [...hours(...Array<number>(24).fill(0.3)), ...slotsOf(24, 48, 0.1)])), same);
});

test("one price of one hour says nothing of the day", () => {
  assert.match(String(why(1, slotsOf(7, 8, 0.3))), /Only one price is known of today, for 1\.0 h/);
});

test("where too little of the day is priced, or nothing, that is the reason", () => {
  assert.match(String(why(3, hours(1, 2))), /not known for so long/);
  assert.match(String(why(1, [])), /not known for so long/);
});

test("a plan says where all its prices are alike", () => {
  const planned = (slots: ReturnType<typeof hours>) =>
    planOf(DAY, { source: null, quantity: "price", unit: "EUR/kWh", slots, series: undefined }, undefined);
  assert.equal(planned(slotsOf(-1, 25, 0.3)).alike, true);
  assert.equal(planned(hours(1, 2)).alike, false);
  assert.equal(planned([]).alike, false);
});
