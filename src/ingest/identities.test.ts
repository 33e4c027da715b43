import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisteredEntity } from "../domain/home/home.ts";
import { createIdentities, type Identities } from "./identities.ts";

const registered = (registryId: string, entityId: string, more: Partial<RegisteredEntity> = {}): RegisteredEntity => ({
  registryId,
  entityId,
  name: null,
  deviceId: null,
  areaId: null,
  floorId: null,
  labels: [],
  integration: "demo",
  category: null,
  modified: 0,
  ...more,
});
const whole = (identities: Identities, entities: RegisteredEntity[], at: number) =>
  identities.apply({ entities, removed: [], complete: true, at });
const seriesOf = (identities: Identities, entityId: string, at = 1) => identities.resolve(entityId, false, at)?.series;

test("a rename keeps the series, and the old name is free for another", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.old")], 1);
  const series = seriesOf(identities, "light.old");
  const { entries } = identities.apply({
    entities: [registered("r1", "light.new")],
    removed: [],
    complete: false,
    at: 5,
  });
  assert.deepEqual(
    entries.map((entry) => [entry.series, entry.identity.entityId, entry.identity.from]),
    [[series, "light.new", 5]],
  );
  assert.equal(seriesOf(identities, "light.new"), series);
  assert.notEqual(seriesOf(identities, "light.old"), series);
});

test("the removal that a rename causes belongs to the series that had the name", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.old")], 1);
  const series = seriesOf(identities, "light.old");
  identities.apply({ entities: [registered("r1", "light.new")], removed: [], complete: false, at: 5 });
  assert.equal(identities.resolve("light.old", true, 6)?.series, series);
});

test("two entities that swap their names while nobody looks keep their own series", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.a"), registered("r2", "light.b")], 1);
  const [a, b] = [seriesOf(identities, "light.a"), seriesOf(identities, "light.b")];
  const { orphaned } = whole(identities, [registered("r1", "light.b"), registered("r2", "light.a")], 9);
  assert.equal(seriesOf(identities, "light.b"), a);
  assert.equal(seriesOf(identities, "light.a"), b);
  assert.equal(identities.holder("light.a"), b);
  assert.deepEqual(orphaned, []);
});

test("an entity that gains a registry entry joins the series it had", () => {
  const identities = createIdentities([]);
  const series = seriesOf(identities, "sensor.yaml");
  whole(identities, [registered("r1", "sensor.yaml")], 3);
  assert.equal(seriesOf(identities, "sensor.yaml"), series);
  identities.apply({ entities: [registered("r1", "sensor.renamed")], removed: [], complete: false, at: 4 });
  assert.equal(seriesOf(identities, "sensor.renamed"), series);
});

test("another entity that takes a removed one's name gets a series of its own", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.a")], 1);
  const first = seriesOf(identities, "light.a");
  const { orphaned } = whole(identities, [registered("r2", "light.a")], 2);
  const second = seriesOf(identities, "light.a");
  assert.notEqual(second, first);
  assert.deepEqual(orphaned, [first]);
});

test("an entry that is gone keeps its name until all that was recorded of it is filed", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.a"), registered("r2", "light.b")], 1);
  const [a, b] = [seriesOf(identities, "light.a"), seriesOf(identities, "light.b")];
  const update = { entities: [registered("r3", "light.b")], removed: [], complete: true, at: 2 };
  // The name of light.b is taken, so it cannot be kept.
  assert.deepEqual(identities.apply({ ...update, keepGone: true }).orphaned, [b]);
  assert.equal(seriesOf(identities, "light.a"), a);
  assert.notEqual(seriesOf(identities, "light.b"), b);
  assert.deepEqual(identities.apply(update).orphaned, [a]);
  assert.notEqual(seriesOf(identities, "light.a"), a);
});

test("a removed registry entry that comes back with the same id goes on with its series", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.a")], 1);
  const series = seriesOf(identities, "light.a");
  identities.apply({ entities: [], removed: ["r1"], complete: false, at: 2 });
  identities.apply({ entities: [registered("r1", "light.a")], removed: [], complete: false, at: 3 });
  assert.equal(seriesOf(identities, "light.a"), series);
});

test("a restart knows every series again by what the store tells", () => {
  const first = createIdentities([]);
  whole(first, [registered("r1", "light.a", { areaId: "kitchen" })], 1);
  const made = first.resolve("light.a", false, 2);
  assert.ok(made?.entry);
  const series = { id: made.series, identities: [made.entry.identity] };
  const second = createIdentities([series]);
  whole(second, [registered("r1", "light.a", { areaId: "kitchen" })], 3);
  assert.equal(seriesOf(second, "light.a"), series.id);
  assert.ok((seriesOf(second, "light.other") as number) > series.id);
});

test("a move to another area is a new identity from its time on; the same news again is none", () => {
  const identities = createIdentities([]);
  whole(identities, [registered("r1", "light.a", { areaId: "kitchen" })], 1);
  seriesOf(identities, "light.a");
  const moved = registered("r1", "light.a", { areaId: "hall", labels: ["night"] });
  const { entries } = identities.apply({ entities: [moved], removed: [], complete: false, at: 7 });
  assert.deepEqual(
    entries.map(({ identity }) => [identity.from, identity.areaId]),
    [[7, "hall"]],
  );
  assert.deepEqual(identities.apply({ entities: [moved], removed: [], complete: false, at: 8 }).entries, []);
});

test("a removal of what was never seen is nobody's", () => {
  assert.equal(createIdentities([]).resolve("light.ghost", true, 1), undefined);
});
