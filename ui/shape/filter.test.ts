import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFilter, type Filterable, globMatcher, isFiltering, NO_FILTER } from "./filter.ts";

const entry = (kind: Filterable["kind"], entities: string[], haystack = ""): Filterable => ({
  kind,
  entities,
  haystack: () => haystack,
});
const areas: { [entity: string]: string } = { "light.kitchen": "kitchen", "light.hall": "hall" };
const areaOf = (entity: string) => areas[entity] ?? null;
const passes = (filter: Partial<typeof NO_FILTER>, what: Filterable) =>
  compileFilter({ ...NO_FILTER, ...filter }, areaOf)(what);

test("a star stands for any part of the whole id; without one, a part of the id is enough", () => {
  assert.ok(globMatcher("light.*")("light.kitchen"));
  assert.ok(!globMatcher("light.*")("sensor.light.kitchen"));
  assert.ok(globMatcher("*_temperature")("sensor.hall_temperature"));
  assert.ok(globMatcher("Kitch")("light.kitchen"));
  assert.ok(!globMatcher("light.kitche?*")("light.kitchen"));
  assert.ok(globMatcher("  ")("anything"));
});

test("several filters must all match", () => {
  const kitchen = entry("change", ["light.kitchen"], "light.kitchen on");
  assert.ok(passes({ domain: "light", area: "kitchen", text: "ON" }, kitchen));
  assert.ok(!passes({ domain: "light", area: "hall" }, kitchen));
  assert.ok(!passes({ domain: "switch" }, kitchen));
  assert.ok(!passes({ text: "off" }, kitchen));
});

test("an event passes when one of its entities matches all, not when several match one each", () => {
  const event = entry("event", ["light.hall", "switch.pump"]);
  assert.ok(passes({ domain: "light", area: "hall" }, event));
  assert.ok(!passes({ domain: "switch", area: "hall" }, event));
  assert.ok(!passes({ domain: "light" }, entry("event", [])));
});

test("changes and events can be shown apart", () => {
  assert.ok(!passes({ show: "changes" }, entry("event", [])));
  assert.ok(!passes({ show: "events" }, entry("change", ["light.hall"])));
});

test("a note about what is missing passes every filter", () => {
  assert.ok(passes({ show: "events", entity: "light.*", text: "x" }, entry("note", [])));
});

test("a filter that lets everything pass does not count as one", () => {
  assert.ok(!isFiltering({ ...NO_FILTER, text: "  " }));
  assert.ok(isFiltering({ ...NO_FILTER, show: "events" }));
});
