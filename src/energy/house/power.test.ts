import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EnergyMeters, NO_METERS } from "../../domain/home/energy.ts";
import type { PowerReading } from "../effects/effects.ts";
import { powerNow, sumOf } from "./power.ts";
import { kwhPer, wattsPer } from "./units.ts";

const NO_PRICE = { entityId: null, fixed: null };
const grid = (...power: EnergyMeters["grid"][number]["power"]) => ({
  imported: "sensor.in",
  exported: null,
  power,
  price: NO_PRICE,
  exportPrice: NO_PRICE,
});
const plus = (entityId: string) => ({ entityId, sign: 1 as const });
const minus = (entityId: string) => ({ entityId, sign: -1 as const });
const telling = (watts: Readonly<Record<string, number>>) => (id: string) =>
  watts[id] === undefined ? { watts: null, why: "unavailable" } : { watts: watts[id] };

test("the house takes what comes from the grid, the roof and the battery, less what goes back", () => {
  const meters = {
    ...NO_METERS,
    grid: [grid(plus("sensor.from"), minus("sensor.to"))],
    solar: [{ energy: "sensor.pv", power: [plus("sensor.pv_power")] }],
    battery: [{ discharged: "a", charged: "b", power: [minus("sensor.charging")] }],
  };
  const watts = { "sensor.from": 0, "sensor.to": 1200, "sensor.pv_power": 4000, "sensor.charging": 2100 };
  assert.deepEqual(powerNow(meters, telling(watts)), { house: 700, grid: -1200, solar: 4000, battery: -2100 });
});

test("what is not known is not summed up: a silent meter, a roof without a power sensor", () => {
  const meters = { ...NO_METERS, grid: [grid(plus("sensor.from"))] };
  const silent = powerNow(meters, telling({}));
  assert.deepEqual([silent.house, silent.why], [null, "sensor.from: unavailable"]);
  const roof = { ...meters, solar: [{ energy: "sensor.pv", power: [] }] };
  const partly = powerNow(roof, telling({ "sensor.from": 100 }));
  assert.deepEqual([partly.house, partly.grid, partly.solar], [null, 100, null]);
  assert.match(String(partly.why), /solar/);
  assert.match(String(powerNow(NO_METERS, telling({})).fix), /Energy/);
});

test("the sum of meters is at every time the sum of what each told last", () => {
  const readings = fc
    .array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), watts: fc.option(fc.integer({ min: 0, max: 9 })) }))
    .map((all) => {
      let time = 0;
      return all.map(({ gap, watts }): PowerReading => {
        time += gap;
        return { time, watts };
      });
    });
  const sign = fc.constantFrom(1 as const, -1 as const);
  const at = (all: readonly PowerReading[], time: number) => all.findLast((one) => one.time <= time)?.watts ?? null;
  fc.assert(
    fc.property(fc.array(fc.record({ sign, readings }), { minLength: 1, maxLength: 4 }), (meters) => {
      const sums = sumOf(meters);
      for (let time = 0; time < 60; time++) {
        const each = meters.map((meter) => {
          const watts = at(meter.readings, time);
          return watts === null ? null : watts * meter.sign;
        });
        const sum = each.some((one) => one === null) ? null : each.reduce((a: number, b) => a + (b as number), 0);
        assert.equal((at(sums, time) ?? Number.NaN) + 0, (sum ?? Number.NaN) + 0);
      }
    }),
  );
});

test("units are Home Assistant's; others are none", () => {
  assert.deepEqual(
    [wattsPer("kW"), wattsPer("W"), wattsPer("kWh"), wattsPer(undefined)],
    [1000, 1, undefined, undefined],
  );
  assert.deepEqual([kwhPer("Wh"), kwhPer("MJ"), kwhPer("m³")], [0.001, 1 / 3.6, undefined]);
});
