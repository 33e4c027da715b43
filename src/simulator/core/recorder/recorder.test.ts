import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attributes } from "../../../domain/data/reading.ts";
import { createRecorder } from "./recorder.ts";

const SECOND = 1_000_000;

function recorderOf(options: { rows?: number; commitMs?: number } = {}) {
  let now = 1_000 * SECOND;
  const recorder = createRecorder({
    now: () => now,
    commitMs: 0,
    isOwned: (id) => id.startsWith("light."),
    ...options,
  });
  const context = { id: "C", parentId: null, userId: null };
  const write = (entityId: string, state: string | null, attributes: Attributes = {}) => {
    now += SECOND;
    const after =
      state === null ? null : { entityId, state, attributes, changed: now, updated: now, reported: now, context };
    recorder.record({ entityId, before: null, after, time: now, context });
    return now;
  };
  const states = (entityId: string, from = 0, to = Number.POSITIVE_INFINITY) =>
    recorder.between(entityId, from, to).map(({ state }) => state);
  return { recorder, write, states, wait: (ms: number) => (now += ms * 1000) };
}

test("rows of a window come back in order, both its ends left out", () => {
  const { recorder, write, states, wait } = recorderOf();
  const times = ["1", "2", "3", "4"].map((state) => write("sensor.a", state));
  write("sensor.b", "x");
  wait(1000);
  assert.deepEqual(states("sensor.a"), ["1", "2", "3", "4"]);
  assert.deepEqual(states("sensor.a", times[0], times[3]), ["2", "3"]);
  assert.equal(recorder.before("sensor.a", times[2] as number)?.state, "2");
  assert.equal(recorder.before("sensor.a", times[0] as number), undefined);
});

test("a row is not answered before it is committed", () => {
  const { states, write, wait } = recorderOf({ commitMs: 1000 });
  write("sensor.a", "1");
  assert.deepEqual(states("sensor.a"), []);
  wait(999);
  assert.deepEqual(states("sensor.a"), []);
  wait(2);
  assert.deepEqual(states("sensor.a"), ["1"]);
});

test("the ring forgets the oldest rows of all entities, and counts them", () => {
  const { recorder, states, write, wait } = recorderOf({ rows: 10 });
  for (let i = 0; i < 25; i++) write(`sensor.${i % 2}`, String(i));
  wait(1000);
  assert.deepEqual(states("sensor.0"), ["16", "18", "20", "22", "24"]);
  assert.deepEqual(states("sensor.1"), ["15", "17", "19", "21", "23"]);
  assert.deepEqual(recorder.stats(), { rows: 10, dropped: 15 });
  assert.equal(recorder.oldest(), recorder.between("sensor.1", 0, Number.POSITIVE_INFINITY)[0]?.updated);
});

test("every row survives the growing of the columns", () => {
  const { recorder, write, wait } = recorderOf();
  const count = 200_000;
  for (let i = 0; i < count; i++) write("sensor.a", String(i));
  wait(1000);
  const rows = recorder.between("sensor.a", 0, Number.POSITIVE_INFINITY);
  assert.equal(rows.length, count);
  assert.ok(rows.every(({ state }, i) => state === String(i)));
});

test("a removal is a row without a state, unless the name was never recorded", () => {
  const { recorder, states, write, wait } = recorderOf();
  write("sensor.a", "1");
  write("sensor.a", null);
  write("sensor.b", null);
  wait(1000);
  assert.deepEqual(states("sensor.a"), ["1", null]);
  assert.equal(recorder.knows("sensor.b"), false);
});

test("a rename takes the rows along, but not onto a name that has rows of its own", () => {
  const { recorder, states, write, wait } = recorderOf();
  write("sensor.a", "1");
  write("sensor.b", "2");
  recorder.rename("sensor.a", "sensor.b");
  recorder.rename("sensor.a", "sensor.c");
  wait(1000);
  assert.deepEqual([states("sensor.a"), states("sensor.b"), states("sensor.c")], [[], ["2"], ["1"]]);
});

test("an excluded entity leaves no rows", () => {
  const { recorder, write } = recorderOf();
  recorder.excluded.add("sensor.a");
  write("sensor.a", "1");
  assert.equal(recorder.knows("sensor.a"), false);
});

test("attributes that Home Assistant does not record are left out, and all of them above 16 kB", () => {
  const { recorder, write, wait } = recorderOf();
  const all = { brightness: 5, supported_features: 1, attribution: "me", x: 1 };
  write("light.a", "on", all);
  write("sensor.a", "on", all);
  write("sensor.b", "on", { text: "x".repeat(17_000) });
  wait(1000);
  const of = (id: string) => recorder.before(id, Number.POSITIVE_INFINITY)?.attributes;
  assert.deepEqual([of("light.a"), of("sensor.a"), of("sensor.b")], [{ x: 1 }, { brightness: 5, x: 1 }, {}]);
});
