import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gap, State } from "../api-types.ts";
import { bandColours } from "./bands.ts";
import { type EntityFilter, filterEntities, NO_AREA, paged } from "./entity-list.ts";
import { explainCause, groupGaps } from "./gap-groups.ts";
import { timeLabels } from "./time-axis.ts";

test("states of one chart can be told apart, missing ones share a colour, and on is always the same", () => {
  const colours = bandColours(["on", "heat", "off", "idle", "unavailable", null, "heat"]);
  assert.equal(colours.get("on"), "on");
  assert.equal(colours.get("off"), "off");
  assert.equal(new Set(["on", "heat", "off", "idle"].map((state) => colours.get(state))).size, 4);
  assert.deepEqual([colours.get("unavailable"), colours.get(null)], ["missing", "missing"]);
});

test("colours stay with their states when the window moves on, and off is never given away", () => {
  const before = bandColours(["idle", "heat", "off", "auto"]);
  const after = bandColours(["auto", "off", "heat", "idle"]);
  for (const [state, colour] of before) assert.equal(after.get(state), colour);
  assert.equal(before.get("off"), "off");
});

const gap = (more: Partial<Gap>): Gap => ({
  id: 1,
  kind: "states",
  entity_id: null,
  series: null,
  from: "2026-11-23T10:00:00.000000Z",
  to: "2026-11-23T10:05:00.000000Z",
  cause: "disconnected",
  ...more,
});

test("one hole in many entities is told once, with the entities it concerns", () => {
  const groups = groupGaps([
    gap({ entity_id: "light.a", from: "2026-11-23T09:58:00.000000Z" }),
    gap({ entity_id: "light.b", to: "2026-11-23T10:05:00.400000Z" }),
    gap({ kind: "events" }),
    gap({ entity_id: "light.a", to: "2026-11-23T11:00:00.000000Z", cause: "hub_stopped" }),
  ]);
  assert.equal(groups.length, 3);
  assert.equal(groups[0]?.cause, "hub_stopped");
  const shared = groups.find(({ entities }) => entities.length === 2);
  assert.equal(shared?.from, Date.parse("2026-11-23T09:58:00Z"));
});

test("two holes that follow each other stay two", () => {
  assert.equal(groupGaps([gap({}), gap({ from: "2026-11-23T10:06:00Z", to: "2026-11-23T10:07:00Z" })]).length, 2);
});

test("every cause the hub knows is told in plain words, and an unknown one at least readably", () => {
  const causes = [
    "disconnected",
    "not_recorded",
    "no_history",
    "slow_reader",
    "hub_stopped",
    "damaged",
    "overflow",
    "paused",
    "switched",
    "excluded",
    "erased",
  ];
  for (const cause of causes) assert.match(explainCause(cause), /^[A-Z].{15,}\.$/);
  assert.equal(explainCause("moon_phase"), "Moon phase");
});

const state = (entity_id: string, more: Partial<State> = {}): State => ({
  entity_id,
  series: 1,
  state: "on",
  attributes: {},
  time: "2026-11-23T10:00:00.000000Z",
  changed: "2026-11-23T10:00:00.000000Z",
  origin: "live",
  context: null,
  time_is_arrival: false,
  flaws: [],
  position: 1,
  name: null,
  device_id: null,
  area_id: null,
  floor_id: null,
  labels: [],
  integration: null,
  category: null,
  ...more,
});
const house = [
  state("light.kitchen", { area_id: "kitchen", integration: "hue", time: "2026-11-23T10:00:02.000000Z" }),
  state("sensor.node_10", { integration: "zha" }),
  state("sensor.node_9", { area_id: "kitchen", time: "2026-11-23T10:00:01.000000Z" }),
];
const areas = new Map([["kitchen", "Küche"]]);
const ALL: EntityFilter = { q: "", domain: "", area: "", integration: "", sort: "name" };
const found = (filter: Partial<EntityFilter>) =>
  filterEntities(house, { ...ALL, ...filter }, areas).map(({ entity_id }) => entity_id);

test("entities are found by every word in name, id, area or integration", () => {
  assert.deepEqual(found({ q: "küche node" }), ["sensor.node_9"]);
  assert.deepEqual(found({ q: "HUE" }), ["light.kitchen"]);
  assert.deepEqual(found({ q: "hue node" }), []);
  assert.deepEqual(found({ domain: "sensor", area: "kitchen" }), ["sensor.node_9"]);
  assert.deepEqual(found({ area: NO_AREA }), ["sensor.node_10"]);
  assert.deepEqual(found({ integration: "zha" }), ["sensor.node_10"]);
});

test("entities are sorted as people count, and what has no area or integration stands last", () => {
  assert.deepEqual(found({}), ["light.kitchen", "sensor.node_9", "sensor.node_10"]);
  assert.deepEqual(found({ sort: "area" }), ["light.kitchen", "sensor.node_9", "sensor.node_10"]);
  assert.deepEqual(found({ sort: "integration" }), ["light.kitchen", "sensor.node_10", "sensor.node_9"]);
  assert.deepEqual(found({ sort: "changed" }), ["light.kitchen", "sensor.node_9", "sensor.node_10"]);
});

test("a page past the end is the last one, and an empty list has one page", () => {
  const items = [1, 2, 3, 4, 5];
  assert.deepEqual(paged(items, 2, 2), { items: [3, 4], page: 2, pages: 3, from: 3, to: 4 });
  assert.deepEqual(paged(items, 99, 2), { items: [5], page: 3, pages: 3, from: 5, to: 5 });
  assert.deepEqual(paged([], 1, 2), { items: [], page: 1, pages: 1, from: 0, to: 0 });
});

test("a time axis names the day once, where it begins", () => {
  const start = Date.parse("2026-11-23T22:00:00Z") / 1000;
  const more = { locale: "en-GB", timeZone: "UTC" };
  assert.deepEqual(timeLabels([start, start + 3600, start + 7200, start + 10800], 3600, more), [
    "22:00",
    "23:00",
    "00:00\n24 Nov",
    "01:00",
  ]);
  assert.deepEqual(timeLabels([start, start + 86400], 86400, more), ["23 Nov", "24 Nov"]);
  assert.deepEqual(timeLabels([start + 5, start + 10], 5, more), ["22:00:05", "22:00:10"]);
});
