import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import type { Failure } from "../../domain/failure.ts";
import type { EntityNow } from "../source.ts";
import { carbonEntity } from "./entity.ts";

const entity = (entityId: string, state: string, unit_of_measurement?: string): EntityNow => ({
  entityId,
  state,
  attributes: { unit_of_measurement },
  time: Date.parse("2026-11-26T18:00:00Z") * 1000,
});
const read = (settings: object, ...entities: EntityNow[]) =>
  carbonEntity.read(
    asked(() => assert.fail("nobody outside is asked"), {
      settings: v.parse(carbonEntity.settings, settings),
      now: "2026-11-26T19:00:00Z",
      entities,
    }),
  );

test("intensity and fossil share are those of the entities, whatever spelling the unit has", async () => {
  for (const [unit, state, grams] of [
    ["gCO2eq/kWh", "302.4", 302.4],
    ["g/kWh", "0", 0],
    ["gCO₂/kWh", "87", 87],
    ["kg/kWh", "0.25", 250],
    ["kgCO2e/MWh", "250", 250],
    ["g CO2e / kWh", "250", 250],
  ] as const) {
    const { readings } = await read(
      { intensity: "sensor.co2", fossil_share: "sensor.fossil" },
      entity("sensor.co2", state, unit),
      entity("sensor.fossil", "42.2", "%"),
    );
    assert.deepEqual(
      readings.map(({ value }) => value),
      [grams, 42.2],
      unit,
    );
  }
});

test("what is no intensity makes none", async () => {
  const code = (...entities: EntityNow[]) =>
    read({ intensity: "sensor.co2" }, ...entities).then(
      () => "read",
      (error: Failure) => error.code,
    );
  assert.equal(await code(), "entity_absent");
  assert.equal(await code(entity("sensor.co2", "unavailable", "g/kWh")), "entity_absent");
  assert.equal(await code(entity("sensor.co2", "302", "lb/MWh")), "unknown_unit");
  assert.equal(await code(entity("sensor.co2", "302", "ppm")), "unknown_unit");
  assert.equal(await code(entity("sensor.co2", "302")), "unknown_unit");
  assert.equal(await code(entity("sensor.co2", "302000", "g/kWh")), "impossible_value");
});

test("a share that is no percentage, or is unavailable, is left out", async () => {
  for (const share of [
    entity("sensor.fossil", "unavailable", "%"),
    entity("sensor.fossil", "42", "kWh"),
    entity("sensor.fossil", "142", "%"),
  ]) {
    const { readings } = await read(
      { intensity: "sensor.co2", fossil_share: "sensor.fossil" },
      entity("sensor.co2", "302", "g/kWh"),
      share,
    );
    assert.deepEqual(
      readings.map(({ quantity }) => quantity),
      ["intensity"],
    );
  }
});

test("the one entity of the home that tells the carbon of its electricity is proposed, of several none", () => {
  const co2 = entity("sensor.co2", "302", "gCO2eq/kWh");
  const others = [
    entity("sensor.air", "600", "ppm"),
    entity("sensor.price", "0.3", "EUR/kWh"),
    entity("sensor.g", "5", "g/kWh"),
  ];
  assert.deepEqual(carbonEntity.ofHome?.([...others, co2]), { intensity: "sensor.co2" });
  assert.equal(carbonEntity.ofHome?.(others), undefined);
  assert.equal(carbonEntity.ofHome?.([co2, entity("sensor.roof", "41", "gCO2e/kWh")]), undefined);
  assert.equal(carbonEntity.ofHome?.([entity("sensor.co2", "unavailable", "gCO2eq/kWh")]), undefined);
});
