import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, formatGrams, formatMoney, formatWatts, holesOf, isPartly, placeOf, sumOf } from "./energy.ts";

const day = { from: "2026-11-26T00:00:00Z", to: "2026-11-27T00:00:00Z" };
const slot = (from: string, to: string, price: number) => ({
  from: `2026-11-26T${from}:00Z`,
  to: to === "24:00" ? day.to : `2026-11-26T${to}:00Z`,
  price,
  carbon: null,
  level: "usual" as const,
});

test("prices are bars from zero, those below it hang down from it", () => {
  const { bars, zero, least, most } = barsOf({
    ...day,
    slots: [slot("00:00", "06:00", 0.3), slot("06:00", "12:00", -0.1), slot("18:00", "24:00", 0.15)],
  });
  assert.deepEqual([least, most, Math.round(zero)], [-0.1, 0.3, 75]);
  assert.deepEqual(
    bars.map(({ x, width, y, height }) => [x, width, y, height].map(Math.round)),
    [
      [0, 250, 0, 75],
      [250, 250, 75, 25],
      [750, 250, 37, 37],
    ],
  );
});

test("a day without a price has no bars, and one of nothing but zero is drawn", () => {
  assert.deepEqual(barsOf({ ...day, slots: [] }).bars, []);
  assert.deepEqual(
    barsOf({ ...day, slots: [slot("00:00", "24:00", 0)] }).bars.map(({ height }) => height),
    [1],
  );
});

test("stretches without a price are named, at the ends of the day too", () => {
  const hole = (from: string, to: string) => ({ from: slot(from, to, 0).from, to: slot(from, to, 0).to });
  assert.deepEqual(holesOf({ ...day, slots: [slot("06:00", "12:00", 0.3), slot("13:00", "23:00", 0.1)] }), [
    { from: day.from, to: "2026-11-26T06:00:00Z" },
    hole("12:00", "13:00"),
    { from: "2026-11-26T23:00:00Z", to: day.to },
  ]);
  assert.deepEqual(holesOf({ ...day, slots: [slot("00:00", "12:00", 0.3), slot("12:00", "24:00", 0.1)] }), []);
  assert.deepEqual(holesOf({ ...day, slots: [] }), [day]);
});

test("what reaches over the day is cut at its ends, and what is outside has no width", () => {
  assert.deepEqual(placeOf({ from: "2026-11-26T18:00:00Z", to: "2026-11-27T06:00:00Z" }, day), { x: 750, width: 250 });
  assert.equal(placeOf({ from: "2026-11-28T00:00:00Z", to: "2026-11-28T01:00:00Z" }, day).width, 0);
});

test("a sum knows a cost only where a day has one", () => {
  const one = { kwh: 2, cost: null, carbon_g: 5, priced_kwh: 0, rated_kwh: 1 };
  assert.deepEqual(sumOf([one, { ...one, cost: 0.5, priced_kwh: 2 }]), {
    kwh: 4,
    cost: 0.5,
    carbon_g: 10,
    priced_kwh: 2,
    rated_kwh: 2,
  });
  assert.equal(sumOf([one]).cost, null);
  const unused = { kwh: 0, cost: 0, carbon_g: 0, priced_kwh: 0, rated_kwh: 0 };
  assert.equal(sumOf([unused, one]).cost, null, "a day without use says nothing of the other one");
  assert.equal(sumOf([unused]).cost, 0);
  assert.equal(sumOf([]).cost, null);
  assert.equal(isPartly(4, 2), true);
  assert.equal(isPartly(4, 3.999), false);
});

test("amounts are written as people read them", () => {
  assert.equal(formatMoney(1.5, "EUR/kWh", "en"), "€1.50");
  assert.equal(formatMoney(0.0312, "EUR/kWh", "en"), "€0.0312");
  assert.equal(formatMoney(3, "?/kWh", "en"), "3.00 ?");
  assert.deepEqual(formatWatts(-1250, "en"), { text: "-1.25", unit: "kW" });
  assert.equal(formatGrams(1234, "en"), "1.2 kg");
});
