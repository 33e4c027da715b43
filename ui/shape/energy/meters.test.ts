import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyMeters, MeterCandidate } from "../../api-energy-types.ts";
import { draftOf, settingsOf } from "../forms/form.ts";
import { choiceOf, chosenOf, meterFields, meterName } from "./meters.ts";

const candidate = (entity_id: string, quantity: MeterCandidate["quantity"], state: string): MeterCandidate => ({
  entity_id,
  name: null,
  device_id: null,
  area_id: null,
  quantity,
  unit: quantity === "power" ? "W" : "kWh",
  device_class: quantity,
  state_class: null,
  state,
  time: "2026-11-26T12:00:00Z",
  used_as: [],
});
const meters = (more: Partial<EnergyMeters> = {}): EnergyMeters => ({
  from: null,
  dashboard: "not_set_up",
  whole_house: [],
  circuits: [],
  choice: null,
  candidates: [candidate("sensor.p1_import", "energy", "1234.56"), candidate("sensor.p1_power", "power", "431")],
  ...more,
});

test("the form offers each quantity its own meters, with what they say now", () => {
  const grid = meterFields(meters()).find(({ name }) => name === "grid");
  const [imported, , power] = grid?.item ?? [];
  assert.deepEqual(imported?.choices, ["sensor.p1_import"]);
  assert.match(imported?.choice_names?.["sensor.p1_import"] ?? "", /^P1 import \(1.?234\.6 kWh\)$/);
  assert.deepEqual(power?.item?.[0]?.choices, ["sensor.p1_power"]);
  assert.deepEqual(
    meterFields(meters()).map(({ name }) => name),
    ["grid", "solar", "battery", "devices"],
    "no gas or water where there is no meter of it, and no dashboard to be used instead of",
  );
});

test("what is chosen already stays on offer, though nobody detects it now", () => {
  const choice = { grid: [{ imported: "sensor.gone" }], gas: ["sensor.gas_gone"] };
  const fields = meterFields(meters({ choice, dashboard: "set_up" }));
  assert.ok(fields.find(({ name }) => name === "grid")?.item?.[0]?.choices?.includes("sensor.gone"));
  assert.deepEqual(fields.find(({ name }) => name === "gas")?.item?.[0]?.choices, ["sensor.gas_gone"]);
  assert.equal(fields[0]?.name, "instead_of_dashboard");
});

test("what the form sends is what was chosen, and opened again it shows the same", () => {
  const choice = {
    grid: [{ imported: "sensor.p1_import", power: [{ entity_id: "sensor.p1_power", inverted: true }] }],
    devices: [{ name: "Heat pump", power: "sensor.p1_power" }],
  };
  const held = meters({ choice });
  const fields = meterFields(held);
  assert.deepEqual(chosenOf(settingsOf(fields, draftOf(fields, choiceOf(held)))), choice);
});

test("entries in which nothing was chosen are left out, a direction alone names nothing", () => {
  assert.deepEqual(
    chosenOf({
      grid: [{}, { imported: "sensor.a", power: [{ inverted: true }] }, { power: [] }],
      gas: ["sensor.gas"],
      instead_of_dashboard: true,
    }),
    { grid: [{ imported: "sensor.a", power: [] }], gas: ["sensor.gas"], instead_of_dashboard: true },
  );
});

test("to begin with there is what the dashboard has", () => {
  const one = { of: 0, inverted: false, unit: "kWh" };
  const choice = choiceOf(
    meters({
      from: "dashboard",
      whole_house: [
        { ...one, role: "grid.imported", meter: "sensor.day" },
        { ...one, role: "grid.imported", meter: "sensor.night", of: 1 },
        { ...one, role: "grid.power", meter: "sensor.p1_power", inverted: true, unit: "W" },
        { ...one, role: "solar.energy", meter: "sensor.roof" },
        { ...one, role: "gas", meter: "sensor.gas" },
      ],
      circuits: [{ meter: "sensor.plug", energy: "sensor.plug", power: null, name: "Plug", within: null, unit: "kWh" }],
    }),
  );
  assert.deepEqual(choice.grid, [
    { imported: "sensor.day", exported: null, power: [{ entity_id: "sensor.p1_power", inverted: true }] },
    { imported: "sensor.night", exported: null, power: [] },
  ]);
  assert.deepEqual(choice.solar, [{ energy: "sensor.roof", power: [] }]);
  assert.deepEqual([choice.battery, choice.gas, choice.water], [[], ["sensor.gas"], []]);
  assert.deepEqual(choice.devices, [{ energy: "sensor.plug", power: null, name: "Plug", within: null }]);
  assert.equal(meterName("sensor.heat_pump_power", []), "Heat pump power");
});
