import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createHeld } from "./held.ts";

test("what was filled tells how far changes are known, and nothing of events, which were still waiting", async () => {
  const store = createMemoryStore();
  const held = createHeld({ store, keyOf: (time, state) => `${time}|${state}` });
  await store.append([
    { kind: "series", series: 1, identity: identity("sensor.a") },
    { kind: "series", series: 2, identity: identity("sensor.b") },
    { kind: "reading", reading: reading(1, "1", { time: 100, changed: 100 }) },
  ]);
  assert.deepEqual(await held.newest(), { changes: 100, events: 100 });
  await store.append([
    { kind: "gap", gap: { kind: "events", series: null, from: 100, to: 200, cause: "hub_stopped" } },
    { kind: "reading", reading: reading(2, "2", { time: 250, changed: 250, origin: "filled" }) },
  ]);
  assert.deepEqual(await held.newest(), { changes: 250, events: 200 });
  await store.append([{ kind: "reading", reading: reading(1, "3", { time: 300, changed: 300 }) }]);
  assert.deepEqual(await held.newest(), { changes: 300, events: 300 });
  await store.close();
});
