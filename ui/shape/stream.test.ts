import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, HomeEvent } from "../api-types.ts";
import { createStream, entitiesOf, type StreamEntry } from "./stream.ts";

let position = 0;
const change = (entity_id: string, state = "on"): Change => ({
  entity_id,
  series: 1,
  position: ++position,
  state,
  attributes: { friendly_name: "A lamp" },
  time: "2026-11-23T22:39:00.000000Z",
  changed: "2026-11-23T22:39:00.000000Z",
  origin: "live",
  context: null,
  time_is_arrival: false,
  flaws: [],
  previous: null,
});
const event = (data: HomeEvent["data"]): HomeEvent => ({
  id: ++position,
  type: "call_service",
  time: "2026-11-23T22:39:00.000000Z",
  data,
  context: null,
  origin: "live",
});
const ids = (entries: readonly StreamEntry[]) => entries.map((entry) => entry.entities[0] ?? entry.kind);
const names = (count: number) => Array.from({ length: count }, (_, i) => `light.l${i}`);

test("the newest stands first, and only the newest are kept", () => {
  const stream = createStream({ limit: 3 });
  stream.changes(names(5).map((name) => change(name)));
  assert.deepEqual(ids(stream.shown()), ["light.l4", "light.l3", "light.l2"]);
});

test("a pause holds what comes and counts it; resuming shows it", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.before")]);
  stream.pause();
  stream.changes([change("light.during")]);
  stream.events([event({})]);
  assert.deepEqual(ids(stream.shown()), ["light.before"]);
  assert.equal(stream.waiting, 2);
  stream.resume();
  assert.deepEqual(ids(stream.shown()), ["event", "light.during", "light.before"]);
  assert.equal(stream.waiting, 0);
});

test("a long pause holds a bounded number, and says how many it can no longer show", () => {
  const stream = createStream({ limit: 3 });
  stream.pause();
  stream.changes(names(10).map((name) => change(name)));
  assert.equal(stream.waiting, 10);
  assert.equal(stream.waitingDropped, 7);
  stream.resume();
  assert.equal(stream.shown().length, 3);
});

test("what does not pass the filter is neither shown nor waits, and a filter applies to what is already there", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.a"), change("switch.b")]);
  stream.filter((entry) => entry.entities[0]?.startsWith("light.") ?? false);
  assert.deepEqual(ids(stream.shown()), ["light.a"]);
  stream.pause();
  stream.changes([change("light.c"), change("switch.d")]);
  assert.equal(stream.waiting, 1);
});

test("a rare entity is not pushed out of a filtered list by busy ones", () => {
  const stream = createStream({ limit: 3 });
  stream.filter((entry) => entry.entities[0] === "light.rare");
  stream.changes([change("light.rare"), ...names(100).map((name) => change(name))]);
  assert.deepEqual(ids(stream.shown()), ["light.rare"]);
});

test("clearing empties the list and what waits", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.a")]);
  stream.pause();
  stream.changes([change("light.b")]);
  stream.clear();
  assert.equal(stream.shown().length + stream.waiting, 0);
});

test("what was lost stands in the list where it was lost", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.a")]);
  stream.note({ what: "lost", count: 7, at: 0 });
  stream.changes([change("light.b")]);
  assert.deepEqual(ids(stream.shown()), ["light.b", "note", "light.a"]);
  stream.note({ what: "lost", count: 5, at: 0 });
  stream.changes(names(20).map((name) => change(name)));
  assert.equal(stream.leftOut, 12, "told even after the notes have scrolled away");
  stream.clear();
  assert.equal(stream.leftOut, 0);
});

test("every entry has a key of its own, and the list is the same object until it changes", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.a"), change("light.a")]);
  const shown = stream.shown();
  assert.equal(new Set(shown.map(({ key }) => key)).size, 2);
  assert.equal(stream.shown(), shown);
});

test("a text is found in names, states, event types and event data", () => {
  const stream = createStream({ limit: 10 });
  stream.changes([change("light.a", "Red")]);
  stream.events([event({ service: "turn_on" })]);
  const [second, first] = stream.shown();
  assert.ok(first?.haystack().includes("a lamp") && first.haystack().includes("red"));
  assert.ok(second?.haystack().includes("call_service") && second.haystack().includes("turn_on"));
});

test("an event's entities are found at its top, in its service data and in its target", () => {
  const data = {
    entity_id: "light.a",
    service_data: { entity_id: ["light.b", "light.c"] },
    target: { entity_id: "all" },
  };
  assert.deepEqual(entitiesOf(data), ["light.a", "light.b", "light.c"]);
});
