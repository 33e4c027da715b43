import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attributes } from "../domain/data/reading.ts";
import { createQuality } from "./quality.ts";

const judge = (
  entityId: string,
  state: string | null,
  attributes: Attributes = {},
  previousAttributes?: Attributes,
  time = 0,
) => createQuality()({ entityId, state, attributes, time, now: 0, previousAttributes });
const watts = { unit_of_measurement: "W", device_class: "power", state_class: "measurement" };

test("a measured sensor must be a number; without a value it may be unavailable or unknown", () => {
  for (const state of ["12.5", "-3", "1e5", "0"]) assert.deepEqual(judge("sensor.power", state, watts), [], state);
  for (const state of ["twelve", "NaN", "Infinity", "1,5", " "])
    assert.deepEqual(judge("sensor.power", state, watts), ["not_numeric"], state);
  for (const state of ["unavailable", "unknown", ""]) assert.deepEqual(judge("sensor.power", state, watts), [], state);
});

test("sensors of text, dates and enumerations may say what they like", () => {
  for (const device_class of ["enum", "timestamp", "date"])
    assert.deepEqual(judge("sensor.any", "hello", { device_class }), [], device_class);
  assert.deepEqual(judge("sensor.text", "hello", {}), []);
});

test("what physics forbids is marked", () => {
  const celsius = { unit_of_measurement: "°C", device_class: "temperature" };
  assert.deepEqual(judge("sensor.t", "-300", celsius), ["impossible_value"]);
  assert.deepEqual(judge("sensor.t", "-40", celsius), []);
  assert.deepEqual(judge("sensor.b", "101", { unit_of_measurement: "%", device_class: "battery" }), [
    "impossible_value",
  ]);
});

test("a switch is on or off", () => {
  assert.deepEqual(judge("switch.a", "on"), []);
  assert.deepEqual(judge("switch.a", "maybe"), ["unknown_state"]);
});

test("a unit that changes and a time in the future are marked", () => {
  assert.deepEqual(judge("sensor.p", "1", { ...watts, unit_of_measurement: "kW" }, watts), ["unit_changed"]);
  assert.deepEqual(judge("light.a", "on", {}, undefined, 3_600_000_000), ["clock_skew"]);
});

test("a removal has no flaw", () => {
  assert.deepEqual(judge("sensor.power", null, {}, watts), []);
});
