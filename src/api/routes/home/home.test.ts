import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Summary } from "../../shapes/summary.ts";

const hub = startTestHub();
after(() => hub.close());
const { registry } = hub.database;
const at = TEST_TIME;
registry.replaceAll("floor", [{ id: "ground", content: { name: "Ground floor", level: 0 } }], at);
registry.replaceAll(
  "area",
  [
    {
      id: "kitchen",
      content: { area_id: "kitchen", name: "Kitchen", floor_id: "ground", icon: "mdi:pot", labels: [] },
    },
    { id: "attic", content: { area_id: "attic", name: "Attic", floor_id: null, icon: 5 } },
  ],
  at,
);
registry.replaceAll(
  "config_entry",
  [
    { id: "e1", content: { entry_id: "e1", domain: "hue", title: "Bridge", state: "loaded", reason: null } },
    {
      id: "e2",
      content: { entry_id: "e2", domain: "mqtt", title: "Broker", state: "setup_retry", reason: "No answer" },
    },
  ],
  at,
);
registry.replaceAll(
  "device",
  [
    {
      id: "d1",
      content: {
        name: "Lamp",
        name_by_user: "Big lamp",
        manufacturer: "Signify",
        config_entries: ["e1", "gone"],
        area_id: "kitchen",
      },
    },
  ],
  at,
);
const inKitchen = { areaId: "kitchen", deviceId: "d1", integration: "hue" };
await hub.addSeries(1, identity("light.lamp", inKitchen));
await hub.addSeries(2, identity("sensor.warm", inKitchen));
await hub.addSeries(3, identity("sensor.cold", inKitchen));
await hub.addSeries(4, identity("sensor.lost", inKitchen));
await hub.addSeries(5, identity("cover.blind"));
await hub.addSeries(6, identity("light.removed", inKitchen));
await hub.addSeries(7, identity("light.nameless", { ...inKitchen, holdsName: false }));
await hub.addSeries(8, identity("sensor.silent", { integration: "mqtt" }));
const degrees = { device_class: "temperature", unit_of_measurement: "°C" };
await hub.record([
  reading(1, "on"),
  reading(2, "21.5", { attributes: degrees, time: TEST_TIME + 5 }),
  reading(3, "18.5", { attributes: degrees }),
  reading(4, "unavailable", { attributes: degrees }),
  reading(5, "open"),
  reading(6, null),
  reading(7, "on"),
]);
const get = async <T>(path: string): Promise<T> => (await (await hub.ask(`/api/v1/${path}`)).json()) as T;

test("a summary says what is on, what the sensors say together, and what is unavailable", async () => {
  const summary = await get<Summary>("summary/kitchen");
  assert.deepEqual(
    { ...summary, on: summary.on.map(({ entity_id }) => entity_id) },
    {
      area_id: "kitchen",
      name: "Kitchen",
      floor: "Ground floor",
      entities: 4,
      unavailable: 1,
      on: ["light.lamp"],
      sensors: [{ device_class: "temperature", unit: "°C", count: 2, mean: 20, min: 18.5, max: 21.5 }],
      last_change: microsToRfc3339(TEST_TIME + 5),
    },
  );
  assert.deepEqual((await get<{ code: string }>("summary/cellar")).code, "not_found");
});

test("all summaries hold every area, empty ones too, and what has no area", async () => {
  const { areas } = await get<{ areas: Summary[] }>("summary");
  assert.deepEqual(
    areas.map(({ area_id, entities, on, last_change }) => [area_id, entities, on.length, last_change === null]),
    [
      ["kitchen", 4, 1, false],
      ["attic", 0, 0, true],
      [null, 1, 1, false],
    ],
  );
});

test("areas, devices and integrations name the entities that are there now", async () => {
  const entities = ["light.lamp", "sensor.cold", "sensor.lost", "sensor.warm"];
  const counts = { entities: 4, unavailable: 1 };
  const kitchen = {
    area_id: "kitchen",
    name: "Kitchen",
    floor_id: "ground",
    icon: "mdi:pot",
    labels: [],
    entities,
    counts,
  };
  assert.deepEqual(await get("areas/kitchen"), kitchen);
  const attic = { area_id: "attic", name: "Attic", floor_id: null, icon: null, labels: [] };
  const none = { entities: [], counts: { entities: 0, unavailable: 0 } };
  assert.deepEqual(await get("areas"), { areas: [kitchen, { ...attic, ...none }] });
  const lamp = {
    device_id: "d1",
    name: "Big lamp",
    manufacturer: "Signify",
    model: null,
    software: null,
    hardware: null,
    area_id: "kitchen",
    via_device_id: null,
    disabled_by: null,
    labels: [],
    integrations: ["hue"],
    entities,
    counts,
  };
  assert.deepEqual(await get("devices"), { devices: [lamp] });
  assert.deepEqual(await get("devices/d1"), lamp);
  for (const path of ["devices/none", "areas/none"])
    assert.equal((await get<{ code: string }>(path)).code, "not_found");
  const entry = { reason: null, disabled_by: null };
  assert.deepEqual(await get("integrations"), {
    integrations: [
      {
        integration: "hue",
        entries: [{ entry_id: "e1", title: "Bridge", state: "loaded", ...entry }],
        entities,
        counts,
      },
      {
        integration: "mqtt",
        entries: [{ entry_id: "e2", title: "Broker", state: "setup_retry", reason: "No answer", disabled_by: null }],
        ...none,
      },
    ],
  });
});

test("entities are listed with those that have no state yet; those that are gone come when asked for", async () => {
  const names = async (parameters = "") =>
    (await get<{ entities: { entity_id: string }[] }>(`entities${parameters}`)).entities.map((one) => one.entity_id);
  const present = ["light.lamp", "sensor.warm", "sensor.cold", "sensor.lost", "cover.blind", "sensor.silent"];
  assert.deepEqual((await names()).sort(), present.sort());
  assert.deepEqual(await names("?integration=mqtt"), ["sensor.silent"]);
  assert.deepEqual(await names("?domain=light&removed=true"), ["light.lamp", "light.removed", "light.nameless"]);
});

test("an entity is told with its timeline", async () => {
  await hub.addSeries(5, identity("cover.shade", { from: TEST_TIME + 9, areaId: "attic", registryId: "r5" }));
  const fields = {
    registry_id: null,
    name: null,
    device_id: null,
    floor_id: null,
    labels: [],
    integration: null,
    category: null,
  };
  assert.deepEqual(await get("entities/cover.blind"), {
    ...fields,
    entity_id: "cover.shade",
    holds_name: true,
    registry_id: "r5",
    area_id: "attic",
    series: 5,
    domain: "cover",
    state: "open",
    time: microsToRfc3339(TEST_TIME),
    identities: [
      { ...fields, entity_id: "cover.blind", holds_name: true, area_id: null, from: microsToRfc3339(TEST_TIME) },
      {
        ...fields,
        entity_id: "cover.shade",
        holds_name: true,
        registry_id: "r5",
        area_id: "attic",
        from: microsToRfc3339(TEST_TIME + 9),
      },
    ],
  });
});
