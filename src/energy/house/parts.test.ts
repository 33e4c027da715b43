import assert from "node:assert/strict";
import { test } from "node:test";
import { type EnergyMeters, NO_METERS, type SignedMeter } from "../../domain/home/energy.ts";
import { isUnknown } from "../needs.ts";
import { waysOf } from "./parts.ts";

const NO_PRICE = { entityId: null, fixed: null };
const plus = (entityId: string): SignedMeter => ({ entityId, sign: 1 });
const minus = (entityId: string): SignedMeter => ({ entityId, sign: -1 });
const grid = (more: Partial<EnergyMeters["grid"][number]> = {}) => ({
  ...{ imported: null, exported: null, power: [], price: NO_PRICE, exportPrice: NO_PRICE },
  ...more,
});
const told = (ways: readonly SignedMeter[] | object) =>
  Array.isArray(ways) ? ways.map(({ entityId, sign }) => `${sign < 0 ? "-" : "+"}${entityId}`).join(" ") : undefined;

test("the house is the grid, the roof and the battery, by counters where each of them has all of its own", () => {
  const meters: EnergyMeters = {
    ...NO_METERS,
    grid: [grid({ imported: "day" }), grid({ imported: "night", exported: "out" })],
    solar: [{ energy: "roof", power: [] }],
    battery: [{ discharged: "given", charged: "taken", power: [] }],
  };
  const house = waysOf("house", meters);
  assert.equal(told(house.energy), "+day +night +roof +given -out -taken");
  assert.ok(isUnknown(house.power) && house.first === "power");
  const without = (more: Partial<EnergyMeters>) => waysOf("house", { ...meters, ...more }).energy;
  for (const [more, why] of [
    [{ grid: [grid({ exported: "out" })] }, /from the grid/],
    [{ solar: [{ energy: null, power: [plus("roof_power")] }] }, /solar/],
    [{ battery: [{ discharged: "given", charged: null, power: [] }] }, /battery/],
  ] as const) {
    const found = without(more);
    assert.ok(isUnknown(found) && why.test(found.why), String(why));
  }
  assert.ok(isUnknown(waysOf("house", NO_METERS).energy));
});

test("import and export are told by counters, by two sensors, and by one only where nothing is ever fed in", () => {
  const counted = { ...NO_METERS, grid: [grid({ imported: "in", exported: "out", power: [plus("net")] })] };
  assert.deepEqual(
    [told(waysOf("imported", counted).energy), told(waysOf("exported", counted).energy)],
    ["+in", "+out"],
  );
  assert.equal(waysOf("imported", counted).first, "energy");
  // A sensor of both directions is no sensor of one.
  assert.ok(isUnknown(waysOf("imported", counted).power) && isUnknown(waysOf("exported", counted).power));
  const sides = { ...NO_METERS, grid: [grid({ power: [minus("to"), plus("from")] })] };
  assert.deepEqual([told(waysOf("imported", sides).power), told(waysOf("exported", sides).power)], ["+from", "+to"]);
  const phases = { ...NO_METERS, grid: [grid({ power: [plus("l1"), plus("l2"), plus("l3")] })] };
  assert.equal(told(waysOf("imported", phases).power), "+l1 +l2 +l3");
  const roof = { ...phases, solar: [{ energy: "roof", power: [] }] };
  assert.ok(isUnknown(waysOf("imported", roof).power));
});

test("the roof is told where every solar system is", () => {
  const solar = [
    { energy: "south", power: [plus("south_power")] },
    { energy: "east", power: [] },
  ];
  const ways = waysOf("solar", { ...NO_METERS, solar });
  assert.ok(isUnknown(ways.power));
  assert.equal(told(ways.energy), "+south +east");
  assert.equal(told(waysOf("solar", { ...NO_METERS, solar: solar.slice(0, 1) }).power), "+south_power");
  assert.ok(isUnknown(waysOf("solar", NO_METERS).energy));
});
