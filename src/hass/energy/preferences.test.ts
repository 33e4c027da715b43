import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../domain/failure.ts";
import { asFailure } from "../session/answers.ts";
import { readEnergyMeters } from "./preferences.ts";

const none = { entityId: null, fixed: null };
const read = (answer: unknown) =>
  readEnergyMeters(async (command) => {
    assert.deepEqual(command, { type: "energy/get_prefs" });
    return answer;
  });

test("the grid is read in today's form and in the lists of before 2026.3", async () => {
  const today = await read({
    energy_sources: [
      {
        type: "grid",
        stat_energy_from: "sensor.in",
        stat_energy_to: "sensor.out",
        stat_cost: null,
        entity_energy_price: "sensor.price",
        number_energy_price: null,
        stat_compensation: null,
        entity_energy_price_export: null,
        number_energy_price_export: 0.07,
        stat_rate: "sensor.grid_made",
        power_config: { stat_rate_from: "sensor.from", stat_rate_to: "sensor.to" },
        cost_adjustment_day: 0,
      },
    ],
    device_consumption: [],
    device_consumption_water: [],
  });
  assert.deepEqual(today?.grid, [
    {
      imported: "sensor.in",
      exported: "sensor.out",
      power: [
        { entityId: "sensor.from", sign: 1 },
        { entityId: "sensor.to", sign: -1 },
      ],
      price: { entityId: "sensor.price", fixed: null },
      exportPrice: { entityId: null, fixed: 0.07 },
    },
  ]);
  const before = await read({
    energy_sources: [
      {
        type: "grid",
        flow_from: [
          { stat_energy_from: "sensor.day", stat_cost: null, entity_energy_price: null, number_energy_price: 0.3 },
          { stat_energy_from: "sensor.night", stat_cost: null, entity_energy_price: null, number_energy_price: 0.2 },
        ],
        flow_to: [{ stat_energy_to: "sensor.out", stat_compensation: null }],
        cost_adjustment_day: 0,
      },
    ],
    device_consumption: [],
  });
  assert.deepEqual(
    before?.grid.map(({ imported, exported, price }) => [imported, exported, price.fixed]),
    [
      ["sensor.day", null, 0.3],
      ["sensor.night", null, 0.2],
      [null, "sensor.out", null],
    ],
  );
  assert.deepEqual(before?.grid[2]?.exportPrice, none);
});

test("solar, battery, gas, water and devices are read; a kind of a later Home Assistant is passed over", async () => {
  const meters = await read({
    energy_sources: [
      { type: "solar", stat_energy_from: "sensor.pv", stat_rate: "sensor.pv_power", config_entry_solar_forecast: null },
      {
        type: "battery",
        stat_energy_from: "sensor.out_of_battery",
        stat_energy_to: "sensor.into_battery",
        power_config: { stat_rate_inverted: "sensor.battery" },
      },
      { type: "gas", stat_energy_from: "sensor.gas", stat_cost: null, entity_energy_price: null },
      { type: "water", stat_energy_from: "utility:water", stat_cost: null },
      { type: "heat", stat_energy_from: "sensor.heat" },
    ],
    device_consumption: [
      { stat_consumption: "sensor.washer", name: "Washer", included_in_stat: "sensor.cellar", stat_rate: "sensor.w" },
      { stat_consumption: "sensor.cellar" },
    ],
  });
  assert.deepEqual(meters, {
    grid: [],
    solar: [{ energy: "sensor.pv", power: [{ entityId: "sensor.pv_power", sign: 1 }] }],
    battery: [
      {
        discharged: "sensor.out_of_battery",
        charged: "sensor.into_battery",
        power: [{ entityId: "sensor.battery", sign: -1 }],
      },
    ],
    gas: ["sensor.gas"],
    water: ["utility:water"],
    devices: [
      { energy: "sensor.washer", power: "sensor.w", name: "Washer", within: "sensor.cellar" },
      { energy: "sensor.cellar", power: null, name: null, within: null },
    ],
  });
});

test("a dashboard that is not set up is none; a strange answer names its path", async () => {
  const unset = readEnergyMeters(() =>
    Promise.reject(asFailure({ code: "not_found", message: "No prefs" }, "energy/get_prefs")),
  );
  assert.equal(await unset, undefined);
  await assert.rejects(read({ energy_sources: [], device_consumption: [{}] }), {
    code: "changed_shape",
    message: /device_consumption\.0\.stat_consumption/,
  });
  await assert.rejects(read({ energy_sources: [{ type: "gas" }], device_consumption: [] }), {
    code: "changed_shape",
    message: /energy_sources\.0\.stat_energy_from/,
  });
  await assert.rejects(
    readEnergyMeters(() => Promise.reject(new Failure("not_connected", "no"))),
    { code: "not_connected" },
  );
});
