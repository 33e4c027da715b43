import assert from "node:assert/strict";
import { test } from "node:test";
import { createEntityTable } from "./entities.ts";

const open = () => {
  const malformed: string[] = [];
  return { table: createEntityTable((why) => malformed.push(why)), malformed };
};
const full = (s: string, more: object = {}) => ({ s, a: { unit: "W", x: 1 }, c: "c1", lc: 1795455326.76, ...more });

test("a snapshot gives every entity with its times; lu stands only where it differs from lc", () => {
  const { table } = open();
  const [one, two] = table.reset({ a: { "sensor.a": full("1"), "sensor.b": full("2", { lu: 1795455327.5 }) } });
  assert.equal(one?.time, 1795455326760000);
  assert.equal(one?.changed, one?.time);
  assert.equal(two?.time, 1795455327500000);
  assert.equal(two?.changed, 1795455326760000);
});

test("a change of state takes lc for both times and keeps the attributes object", () => {
  const { table } = open();
  const [before] = table.reset({ a: { "sensor.a": full("1") } });
  const [change] = table.apply({ c: { "sensor.a": { "+": { s: "2", lc: 1795455327.16, c: "c2" } } } }, 0);
  assert.equal(change?.state, "2");
  assert.equal(change?.time, 1795455327160000);
  assert.equal(change?.changed, change?.time);
  assert.equal(change?.attributes, before?.attributes);
  assert.deepEqual(change?.context, { id: "c2", parentId: null, userId: null });
});

test("a change of attributes alone has lu: the state and its last change stay", () => {
  const { table } = open();
  table.reset({ a: { "sensor.a": full("1") } });
  const [change] = table.apply(
    { c: { "sensor.a": { "+": { lu: 1795455330, c: "c2", a: { x: 2 } }, "-": { a: ["unit"] } } } },
    0,
  );
  assert.equal(change?.state, "1");
  assert.equal(change?.changed, 1795455326760000);
  assert.equal(change?.time, 1795455330000000);
  assert.deepEqual(change?.attributes, { x: 2 });
});

test("a forced update has a time and no state: a new sample of the same value", () => {
  const { table } = open();
  table.reset({ a: { "sensor.a": full("1") } });
  const [change] = table.apply({ c: { "sensor.a": { "+": { lc: 1795455331, c: "c3" } } } }, 0);
  assert.equal(change?.state, "1");
  assert.equal(change?.time, 1795455331000000);
});

test("a context is an id, or the parts that changed; an id alone keeps user and parent", () => {
  const { table } = open();
  table.reset({ a: { "light.a": full("off") } });
  const next = (c: unknown) =>
    table.apply({ c: { "light.a": { "+": { s: "on", lc: 1795455331, c } } } }, 0)[0]?.context;
  assert.deepEqual(next({ id: "c2", user_id: "u" }), { id: "c2", parentId: null, userId: "u" });
  assert.deepEqual(next("c3"), { id: "c3", parentId: null, userId: "u" });
  assert.deepEqual(next({ id: "c4", user_id: null, parent_id: "p" }), { id: "c4", parentId: "p", userId: null });
});

test("a removal carries its arrival, marked; the entity may come back", () => {
  const { table } = open();
  table.reset({ a: { "sensor.a": full("1") } });
  const [gone] = table.apply({ r: ["sensor.a"] }, 1795455340000000);
  assert.deepEqual([gone?.state, gone?.time, gone?.timeIsArrival], [null, 1795455340000000, true]);
  assert.equal(table.get("sensor.a"), undefined);
  assert.equal(table.apply({ a: { "sensor.a": full("3") } }, 0)[0]?.state, "3");
});

test("an attribute named __proto__ is an attribute, and touches no prototype", () => {
  const { table } = open();
  table.reset({ a: { "sensor.a": full("1") } });
  const diff = JSON.parse('{"+":{"lu":1795455330,"c":"x","a":{"__proto__":{"polluted":true}}}}');
  const [change] = table.apply({ c: { "sensor.a": diff } }, 0);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal(JSON.stringify(change?.attributes), '{"unit":"W","x":1,"__proto__":{"polluted":true}}');
});

test("parts that cannot be used are told and skipped, the rest of the event is applied", () => {
  const { table, malformed } = open();
  table.reset({ a: { "sensor.a": full("1"), "sensor.bad": { s: 5 } } });
  const changes = table.apply(
    { c: { "sensor.unknown": { "+": { s: "1", lc: 1 } }, "sensor.a": { "+": { s: "2", lc: 1795455332, c: "z" } } } },
    0,
  );
  assert.deepEqual(
    changes.map((change) => change.entityId),
    ["sensor.a"],
  );
  assert.equal(malformed.length, 2);
});

test("a time that no clock shows is told and skipped, and the entity stays as it was", () => {
  const { table, malformed } = open();
  table.reset({
    a: { "sensor.a": full("1"), "sensor.wild": full("1", { lc: 1e20 }), "sensor.odd": full("1", { lu: -1e300 }) },
  });
  assert.equal(table.size, 1);
  assert.deepEqual(table.apply({ c: { "sensor.a": { "+": { s: "2", lc: 1e20 } } } }, 0), []);
  assert.equal(table.get("sensor.a")?.state, "1");
  assert.equal(malformed.length, 3);
});

test("of an entity that is left out nothing is kept or told, in the snapshot and after, and nothing is malformed", () => {
  const malformed: string[] = [];
  const table = createEntityTable(
    (why) => malformed.push(why),
    (entityId) => entityId === "sensor.own",
  );
  const present = table.reset({ a: { "sensor.own": full("1"), "sensor.a": full("1") } });
  assert.deepEqual(
    present.map(({ entityId }) => entityId),
    ["sensor.a"],
  );
  const diff = { "+": { s: "2", lc: 1795455327.16, c: "c2" } };
  assert.deepEqual(table.apply({ c: { "sensor.own": diff } }, 0), []);
  assert.deepEqual(table.apply({ a: { "sensor.own": full("3") } }, 0), []);
  assert.equal(table.apply({ c: { "sensor.a": diff } }, 0).length, 1);
  assert.equal(table.get("sensor.own"), undefined);
  assert.deepEqual(malformed, []);
});
