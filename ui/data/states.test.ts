import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, State } from "../api-types.ts";
import { createStates } from "./states.ts";
import { createTestClock } from "./test-clock.ts";

const time = (second: number) => `2026-11-23T10:00:${String(second).padStart(2, "0")}.000000Z`;
const reading = (series: number, entity_id: string, state: string | null, second: number, position = second) => ({
  entity_id,
  series,
  state,
  attributes: {},
  time: time(second),
  changed: time(second),
  origin: "live" as const,
  context: null,
  time_is_arrival: false,
  flaws: [],
  position,
});
const known = (series: number, entity_id: string, state: string, second: number): State => ({
  ...reading(series, entity_id, state, second),
  name: "Lamp",
  device_id: null,
  area_id: "hall",
  floor_id: null,
  labels: [],
  integration: "hue",
  category: null,
});
const change = (...given: Parameters<typeof reading>): Change => ({ ...reading(...given), previous: null });

function setUp(first: State[] = [known(1, "light.a", "off", 10)]) {
  const clock = createTestClock();
  const answers: State[][] = [first];
  let loads = 0;
  const states = createStates({
    clock,
    load: async () => {
      const answer = answers[Math.min(loads, answers.length - 1)];
      loads++;
      if (!answer) throw new Error("no answer");
      return { states: answer, areas: [{ area_id: "hall", name: "Hall" }] };
    },
  });
  return { states, clock, answers, loads: () => loads };
}

test("a newer change replaces the value and keeps name and area", async () => {
  const { states } = setUp();
  await states.load();
  states.apply([change(1, "light.a", "on", 11)]);
  const now = states.byEntity("light.a");
  assert.deepEqual([now?.state, now?.name, states.areaOf("light.a")], ["on", "Lamp", "hall"]);
});

test("a late or filled reading never replaces the latest value; at the same time the later position wins", async () => {
  const { states } = setUp();
  await states.load();
  states.apply([change(1, "light.a", "late", 9, 99)]);
  assert.equal(states.byEntity("light.a")?.state, "off");
  states.apply([change(1, "light.a", "same", 10, 9)]);
  assert.equal(states.byEntity("light.a")?.state, "off");
  states.apply([change(1, "light.a", "after", 10, 11)]);
  assert.equal(states.byEntity("light.a")?.state, "after");
});

test("changes that arrive while the answer is on its way are not lost", async () => {
  const { states } = setUp();
  const loading = states.load();
  states.apply([change(1, "light.a", "on", 11)]);
  await loading;
  assert.equal(states.byEntity("light.a")?.state, "on");
});

test("a removed entity leaves the list", async () => {
  const { states } = setUp();
  await states.load();
  states.apply([change(1, "light.a", null, 11)]);
  assert.equal(states.byEntity("light.a"), undefined);
  assert.equal(states.bySeries.size, 0);
});

test("a renamed entity stays one row and is asked for anew, once", async () => {
  const { states, clock, loads } = setUp();
  await states.load();
  states.apply([change(1, "light.b", "on", 11), change(1, "light.b", "off", 12)]);
  assert.equal(states.bySeries.size, 1);
  assert.equal(states.byEntity("light.b")?.state, "off");
  assert.equal(states.byEntity("light.a"), undefined);
  clock.advance(5_000);
  assert.equal(loads(), 2);
});

test("readers are told a few times a second, however many changes come", async () => {
  const { states, clock } = setUp();
  await states.load();
  const before = states.version.get();
  for (let i = 0; i < 1_000; i++) {
    states.apply([change(1, "light.a", String(i), 11 + Math.floor(i / 100), i + 11)]);
    clock.advance(1);
  }
  clock.advance(300);
  assert.equal(states.version.get() - before, 4);
});

test("a snapshot is taken over whole: what is gone from it is gone, and what is newer here stays", async () => {
  const { states, clock } = setUp([known(1, "light.a", "off", 10), known(2, "light.gone", "on", 10)]);
  await states.load();
  states.apply([change(1, "light.a", "on", 15)]);
  const version = states.version.get();
  states.adopt([known(1, "light.a", "off", 12), known(3, "light.new", "on", 12)]);
  assert.deepEqual([...states.bySeries.keys()], [1, 3]);
  assert.equal(states.byEntity("light.a")?.state, "on");
  clock.advance(1_000);
  assert.notEqual(states.version.get(), version);
});

test("a failed load says why and keeps what was known", async () => {
  const { states, answers } = setUp();
  await states.load();
  answers.push(undefined as unknown as State[]);
  await states.load();
  assert.match(String(states.problem.get()), /no answer/);
  assert.equal(states.byEntity("light.a")?.state, "off");
});
