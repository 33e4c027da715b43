import assert from "node:assert/strict";
import { test } from "node:test";
import { type EnergyMeters, NO_METERS } from "../../domain/home/energy.ts";
import { faultsOf, NO_PRICE, readChoice } from "./choice.ts";
import { quantityOf, type Recorded, whyNot } from "./fitting.ts";

const recorded = (entityId: string, more: Partial<Recorded> = {}): Recorded => ({
  ...{ entityId, name: null, deviceId: null, areaId: null, state: "1", time: 0 },
  ...{ unit: "kWh", deviceClass: "energy", stateClass: "total_increasing" },
  ...more,
});
const watts = { unit: "W", deviceClass: "power", stateClass: "measurement" };
const home = new Map(
  [
    recorded("sensor.in"),
    recorded("sensor.out", { stateClass: "total" }),
    recorded("sensor.net", watts),
    recorded("sensor.fridge"),
    recorded("sensor.fridge_power", watts),
    recorded("sensor.kitchen"),
    recorded("sensor.heat", { unit: "°C", deviceClass: "temperature", stateClass: "measurement" }),
    recorded("sensor.today", { stateClass: null }),
    recorded("sensor.gas", { unit: "m³", deviceClass: "gas" }),
    recorded("sensor.water", { unit: "L", deviceClass: "water" }),
  ].map((one) => [one.entityId, one]),
);
const grid = (more: Partial<EnergyMeters["grid"][number]> = {}) => ({
  ...{ imported: "sensor.in", exported: null, power: [], price: NO_PRICE, exportPrice: NO_PRICE },
  ...more,
});
const device = (more: Partial<EnergyMeters["devices"][number]>) => ({
  ...{ energy: null, power: null, name: null, within: null },
  ...more,
});
const faults = (meters: Partial<EnergyMeters>) =>
  faultsOf({ ...NO_METERS, grid: [grid()], ...meters }, (id) => home.get(id)).map(
    ({ path, message }) => `${path}: ${message}`,
  );

test("what tells of itself that it is a meter may be chosen, whatever it is called; nothing else is proposed", () => {
  const of = (more: Partial<Recorded>) => quantityOf(recorded("sensor.x", more));
  assert.deepEqual(
    [of({}), of(watts), of({ unit: "ft³", deviceClass: "gas" }), of({ unit: "gal", deviceClass: "water" })],
    ["energy", "power", "gas", "water"],
  );
  for (const more of [
    // A battery's charge, what a day's reset makes of a counter, apparent power, kilocalories of a watch.
    { deviceClass: "energy_storage" },
    { stateClass: "measurement" },
    { ...watts, unit: "VA", deviceClass: "apparent_power" },
    { unit: "kcal", deviceClass: null },
    { unit: null },
    { unit: "%", deviceClass: "power" },
  ])
    assert.equal(of(more), undefined, JSON.stringify(more));
  assert.equal(quantityOf(recorded("sensor.house_power_total", { unit: "°C", deviceClass: "temperature" })), undefined);
  // Without a class it is not proposed, but its unit says enough for who chooses it.
  assert.equal(whyNot("power", { unit: "kW", stateClass: null }), undefined);
});

test("a choice without a fault has none", () => {
  const meters = {
    grid: [grid({ exported: "sensor.out", power: [{ entityId: "sensor.net", sign: 1 as const }] })],
    gas: ["sensor.gas"],
    water: ["sensor.water"],
    devices: [
      device({ energy: "sensor.kitchen" }),
      device({ energy: "sensor.fridge", power: "sensor.fridge_power", within: "sensor.kitchen" }),
    ],
  };
  assert.deepEqual(faults(meters), []);
});

test("every fault of a choice is told with its place", () => {
  assert.deepEqual(faults({ grid: [grid({ imported: "sensor.nobody", exported: "sensor.heat" })] }), [
    "grid[0].imported: sensor.nobody is not recorded",
    "grid[0].exported: sensor.heat has the unit °C, which is none of energy",
  ]);
  assert.deepEqual(faults({ grid: [grid({ power: [{ entityId: "sensor.in", sign: -1 }] })] }), [
    "grid[0].power[0].entity_id: sensor.in has the unit kWh, which is none of power",
    "grid[0].power[0].entity_id: sensor.in is chosen as grid[0].imported already",
  ]);
  assert.match(String(faults({ solar: [{ energy: "sensor.today", power: [] }] })), /solar\[0\].energy: .*no counter/);
  assert.match(String(faults({ gas: ["sensor.water"], water: ["sensor.fridge"] })), /water\[0\]: .*none of volume/);
  assert.deepEqual(faults({ grid: [], battery: [{ discharged: null, charged: null, power: [] }] }), [
    "battery[0]: names no meter",
  ]);
  assert.match(String(faults({ grid: [] })), /^grid: no meter is chosen at all/);
});

test("what measures the whole house is no device, and a device stands within another one only", () => {
  assert.deepEqual(faults({ devices: [device({ energy: "sensor.in" })] }), [
    "devices[0].energy: sensor.in measures the whole house (grid[0].imported), so it is no device",
  ]);
  assert.deepEqual(faults({ devices: [device({}), device({ energy: "sensor.fridge", within: "sensor.in" })] }), [
    "devices[0]: names no meter",
    "devices[1].within: sensor.in is the meter of no other device",
  ]);
  const circle = [
    device({ energy: "sensor.fridge", within: "sensor.kitchen" }),
    device({ energy: "sensor.kitchen", within: "sensor.fridge" }),
  ];
  assert.deepEqual(faults({ devices: circle }), [
    "devices[0].within: goes round in a circle",
    "devices[1].within: goes round in a circle",
  ]);
  assert.match(String(faults({ devices: [device({ energy: "sensor.fridge", within: "sensor.fridge" })] })), /circle/);
});

test("a choice is read as it was kept; what is none is none", () => {
  const meters = { ...NO_METERS, grid: [grid()], devices: [device({ power: "sensor.fridge_power" })] };
  const choice = { meters, insteadOfDashboard: true };
  assert.deepEqual(readChoice(JSON.parse(JSON.stringify(choice))), choice);
  for (const kept of [undefined, null, 7, {}, { meters: { grid: {} } }, { ...choice, insteadOfDashboard: "yes" }])
    assert.equal(readChoice(kept), undefined);
});
