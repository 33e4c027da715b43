import assert from "node:assert/strict";
import { test } from "node:test";
import { microsFromSeconds } from "../../../domain/time/time.ts";
import { deltaText, LONGEST_STATE, type State, tooLong } from "./state.ts";
import { clockSecondsText, isoText, secondsText } from "./wire.ts";

const T = 1_795_455_326_760_000;
const state = (over: Partial<State> = {}): State => ({
  entityId: "sensor.a",
  state: "1",
  attributes: {},
  changed: T,
  updated: T,
  reported: T,
  context: { id: "C1", parentId: null, userId: null },
  ...over,
});
const delta = (before: State | null, after: State | null) =>
  JSON.parse(deltaText({ entityId: "sensor.a", before, after, time: T, context: state().context }));

test("seconds as Home Assistant writes them, finer than a microsecond, are read back as the same microsecond", () => {
  for (let i = 0; i < 2000; i++) {
    const time = T + i * 997;
    assert.equal(microsFromSeconds(Number(clockSecondsText(time))), time);
    assert.equal(microsFromSeconds(Number(secondsText(time))), time);
  }
  assert.equal(microsFromSeconds(Number(clockSecondsText(1_795_455_326_000_001))), 1_795_455_326_000_001);
});

test("times as text keep six digits and name UTC as Python does", () => {
  assert.equal(isoText(T + 5), "2026-11-23T17:35:26.760005+00:00");
});

test("a change tells only what differs", () => {
  const later = T + 7_000_000;
  const next = { updated: later, context: { id: "C2", parentId: null, userId: null } };
  assert.deepEqual(delta(state(), state({ ...next, state: "2", changed: later })), {
    c: { "sensor.a": { "+": { s: "2", lc: Number(clockSecondsText(later)), c: "C2" } } },
  });
  assert.deepEqual(delta(state({ attributes: { a: 1, b: [1] } }), state({ ...next, attributes: { b: [1], d: 2 } })), {
    c: { "sensor.a": { "+": { lu: Number(clockSecondsText(later)), c: "C2", a: { d: 2 } }, "-": { a: ["a"] } } },
  });
});

test("a context is a text where only its id is new, else an object with the parts that changed", () => {
  const by = (userId: string | null, parentId: string | null = null, id = "C2") =>
    state({ updated: T + 1, context: { id, userId, parentId } });
  const c = (before: State, after: State) => delta(before, after).c["sensor.a"]["+"].c;
  assert.deepEqual(c(state(), by("U")), { user_id: "U", id: "C2" });
  assert.equal(c(by("U"), by("U", null, "C3")), "C3");
  assert.deepEqual(c(by("U"), by(null, "P", "C3")), { parent_id: "P", user_id: null, id: "C3" });
  assert.equal(c(by("U"), by("U")), undefined);
});

test("a removal names the entity alone, an addition all of it", () => {
  assert.deepEqual(delta(state(), null), { r: ["sensor.a"] });
  const context = { id: "C1", parentId: null, userId: "U" };
  assert.deepEqual(delta(null, state({ updated: T + 1_000_000, attributes: { x: null }, context })), {
    a: {
      "sensor.a": {
        s: "1",
        a: { x: null },
        c: { id: "C1", parent_id: null, user_id: "U" },
        lc: Number(secondsText(T)),
        lu: Number(clockSecondsText(T + 1_000_000)),
      },
    },
  });
});

test("a state may have 255 characters, counted as Python counts them", () => {
  assert.equal(tooLong("x".repeat(LONGEST_STATE)), false);
  assert.equal(tooLong("x".repeat(LONGEST_STATE + 1)), true);
  assert.equal(tooLong("🔥".repeat(LONGEST_STATE)), false);
  assert.equal(tooLong("🔥".repeat(LONGEST_STATE + 1)), true);
});
