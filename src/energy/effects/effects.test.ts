import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../tests/support/data/random.ts";
import { type Effect, effectsOf, type PowerReading, type Switching } from "./effects.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

/** A house that takes 300 W, a fridge by itself, and what is switched; its meter tells every `every`. */
function house(
  switchings: readonly Switching[],
  watts: Readonly<Record<string, number>>,
  { every = 10 * SECOND, until = 24 * 60 * MINUTE, noise = 0, seed = 1, unknown = [0, 0] } = {},
): PowerReading[] {
  const random = createRandom(seed);
  const on = new Set<string>();
  const readings: PowerReading[] = [];
  let next = 0;
  for (let time = 0; time <= until; time += every) {
    for (; next < switchings.length && (switchings[next] as Switching).time <= time; next++) {
      const { key, on: isOn } = switchings[next] as Switching;
      if (isOn) on.add(key);
      else on.delete(key);
    }
    const fridge = Math.floor(time / (17 * MINUTE)) % 3 === 0 ? 90 : 0;
    const sum = [...on].reduce((all, key) => all + (watts[key] ?? 0), 300 + fridge);
    const isKnown = time < (unknown[0] as number) || time >= (unknown[1] as number);
    readings.push({ time, watts: isKnown ? sum + noise * (random() - 0.5) : null });
  }
  return readings;
}
/** Switched on at each of the times, off `length` later. */
const runs = (key: string, times: readonly number[], length: number): Switching[] =>
  times.flatMap((time) => [
    { time, key, on: true },
    { time: time + length, key, on: false },
  ]);
const sorted = (all: readonly Switching[]) => [...all].sort((a, b) => a.time - b.time);
const of = (effects: readonly Effect[], key: string) => effects.find((one) => one.key === key) as Effect;

test("each thing's watts are found beside noise and a fridge, with confidence", () => {
  const times = (from: number, every: number) => Array.from({ length: 20 }, (_, i) => (from + i * every) * MINUTE);
  const switchings = sorted([
    ...runs("switch.kettle", times(7, 61), 4 * MINUTE),
    ...runs("light.hall", times(23, 53), 9 * MINUTE),
    ...runs("switch.pump", times(41, 67), 11 * MINUTE),
  ]);
  const power = house(switchings, { "switch.kettle": 2000, "light.hall": 40, "switch.pump": 350 }, { noise: 12 });
  const { effects, around } = effectsOf(power, switchings);
  assert.equal(around, 25 * SECOND);
  for (const [key, watts] of [
    ["switch.kettle", 2000],
    ["switch.pump", 350],
    ["light.hall", 40],
  ] as const) {
    const effect = of(effects, key);
    assert.ok(Math.abs(effect.watts - watts) < 4, `${key}: ${effect.watts}`);
    assert.ok(effect.confidence > 0.7, `${key}: ${effect.confidence}`);
    assert.equal(effect.used + effect.crowded + effect.unknown, effect.switchings);
  }
  assert.deepEqual(
    effects.map(({ key }) => key),
    ["switch.kettle", "switch.pump", "light.hall"],
  );
});

test("things that are always switched together are given no effect", () => {
  const times = Array.from({ length: 20 }, (_, i) => (5 + i * 60) * MINUTE);
  const switchings = sorted([
    ...runs("light.a", times, 5 * MINUTE),
    ...runs(
      "light.b",
      times.map((time) => time + SECOND),
      5 * MINUTE,
    ),
  ]);
  const { effects } = effectsOf(house(switchings, { "light.a": 60, "light.b": 0 }), switchings);
  for (const key of ["light.a", "light.b"])
    assert.deepEqual(
      { used: of(effects, key).used, crowded: of(effects, key).crowded, confidence: of(effects, key).confidence },
      { used: 0, crowded: 40, confidence: 0 },
    );
});

test("what takes nothing has no confidence, however often it is switched", () => {
  const times = Array.from({ length: 40 }, (_, i) => (3 + i * 31) * MINUTE);
  const switchings = runs("switch.scene", times, 7 * MINUTE);
  const { effects } = effectsOf(house(switchings, {}, { noise: 20 }), switchings);
  assert.equal(of(effects, "switch.scene").confidence, 0);
});

test("a time whose power is not known counts for nothing", () => {
  const times = [10, 60, 120].map((minutes) => minutes * MINUTE);
  const switchings = runs("switch.kettle", times, 5 * MINUTE);
  const power = house(switchings, { "switch.kettle": 1800 }, { unknown: [55 * MINUTE, 70 * MINUTE] });
  const { used, unknown, watts } = of(effectsOf(power, switchings).effects, "switch.kettle");
  assert.deepEqual({ used, unknown, watts }, { used: 4, unknown: 2, watts: 1800 });
  assert.deepEqual(effectsOf([], switchings).effects[0]?.unknown, 6);
});

test("a meter that tells once a minute is waited for", () => {
  const times = Array.from({ length: 12 }, (_, i) => (10 + i * 60) * MINUTE + 17 * SECOND);
  const switchings = runs("switch.heater", times, 20 * MINUTE);
  const power = house(switchings, { "switch.heater": 1000 }, { every: MINUTE });
  const { effects, around } = effectsOf(power, switchings);
  assert.equal(around, 150 * SECOND);
  assert.equal(of(effects, "switch.heater").watts, 1000);
});

test("a handful of switchings gives less confidence than many", () => {
  const confidence = (count: number) => {
    const switchings = runs(
      "switch.kettle",
      Array.from({ length: count }, (_, i) => (9 + i * 29) * MINUTE),
      5 * MINUTE,
    );
    return of(effectsOf(house(switchings, { "switch.kettle": 2000 }), switchings).effects, "switch.kettle").confidence;
  };
  assert.ok(confidence(1) < confidence(4) && confidence(4) < confidence(20));
  assert.ok(confidence(1) < 0.5 && confidence(20) > 0.8);
});
