import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import type { State } from "../../shapes/state.ts";

const hub = startTestHub();
after(() => hub.close());

await hub.addSeries(
  1,
  identity("light.kitchen", { name: "Kitchen", areaId: "kitchen", deviceId: "d1", labels: ["warm"] }),
);
await hub.addSeries(2, identity("sensor.temperature", { areaId: "hall", integration: "hue" }));
await hub.addSeries(3, identity("light.gone"));
await hub.record([
  reading(1, "on", { attributes: { brightness: 12 }, context: { id: "c", parentId: null, userId: "u" } }),
  reading(2, "21.5"),
  reading(3, null, { timeIsArrival: true }),
]);

const names = async (query: string) => {
  const answer = await hub.ask(`/api/v1/states${query}`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { states: State[] }).states.map((state) => state.entity_id);
};

test("a state is told with everything that is known of it", async () => {
  const answer = await hub.ask("/api/v1/states/light.kitchen");
  assert.deepEqual(await answer.json(), {
    entity_id: "light.kitchen",
    series: 1,
    position: 4,
    state: "on",
    attributes: { brightness: 12 },
    time: "2026-11-23T17:35:26.760001Z",
    changed: "2026-11-23T17:35:26.760001Z",
    origin: "live",
    context: { id: "c", parent_id: null, user_id: "u" },
    time_is_arrival: false,
    flaws: [],
    name: "Kitchen",
    device_id: "d1",
    area_id: "kitchen",
    floor_id: null,
    labels: ["warm"],
    integration: null,
    category: null,
  });
});

test("filters choose: values of one are alternatives, several must all match, removed entities come when asked for", async () => {
  const cases: [string, string[]][] = [
    ["", ["light.kitchen", "sensor.temperature"]],
    ["?removed=true", ["light.kitchen", "sensor.temperature", "light.gone"]],
    ["?domain=light", ["light.kitchen"]],
    ["?domain=light&domain=sensor", ["light.kitchen", "sensor.temperature"]],
    ["?domain=light&area=hall", []],
    ["?area=hall", ["sensor.temperature"]],
    ["?device=d1", ["light.kitchen"]],
    ["?label=warm&label=cold", ["light.kitchen"]],
    ["?integration=hue", ["sensor.temperature"]],
    ["?q=KITCH", ["light.kitchen"]],
    ["?q=temp%20sensor", ["sensor.temperature"]],
  ];
  for (const [query, expected] of cases) assert.deepEqual(await names(query), expected, query);
});

test("a state follows its entity through a new name, and the former name and the series id still find it", async () => {
  await hub.addSeries(4, identity("switch.old"));
  await hub.record([reading(4, "on")]);
  await hub.addSeries(4, identity("switch.new", { from: hub.clock.now() + 1, name: "New" }));
  for (const name of ["switch.new", "switch.old", "%234"]) {
    const state = (await (await hub.ask(`/api/v1/states/${name}`)).json()) as State;
    assert.deepEqual([state.entity_id, state.name, state.series], ["switch.new", "New", 4], name);
  }
});

test("an entity that nobody knows is a problem of its own", async () => {
  for (const name of ["light.nowhere", "%2399", "nonsense"]) {
    const answer = await hub.ask(`/api/v1/states/${name}`);
    assert.equal(answer.status, 404);
    assert.equal(((await answer.json()) as { code: string }).code, "unknown_entity");
  }
});
