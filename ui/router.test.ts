import assert from "node:assert/strict";
import { test } from "node:test";
import { entityHash, hashOf, parseRoute } from "./router.ts";

const page = (hash: string) => parseRoute(hash).page;

test("every page has its address, and the empty one is the overview", () => {
  assert.deepEqual(["", "#", "#/", "#/overview", "#/live", "#/entities"].map(page), [
    "overview",
    "overview",
    "overview",
    "overview",
    "live",
    "entities",
  ]);
});

test("an address that leads nowhere is known as such", () => {
  assert.deepEqual(["#/nowhere", "#/live/x", "#/entities/a/b", "#setup=abc"].map(page), Array(4).fill("unknown"));
});

test("entity ids and series ids survive the way through an address", () => {
  for (const entity of ["light.kitchen", "#12", "sensor.a/b?c", "sensor.wärme"]) {
    const route = parseRoute(entityHash(entity));
    assert.deepEqual([route.page, route.entity], ["entity", entity]);
  }
  assert.equal(parseRoute("#/entities/%E0%A4%A").entity, "%E0%A4%A");
});

test("filters survive the way through an address, and empty ones stay out of it", () => {
  const hash = hashOf("live", { entity: "light.*", text: "a&b=c #", domain: "" });
  assert.deepEqual(parseRoute(hash).query, { entity: "light.*", text: "a&b=c #" });
  assert.equal(hashOf("live", { text: "" }), "#/live");
});
