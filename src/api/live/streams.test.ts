import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openLive } from "../../../tests/support/live-client.ts";
import { identity, reading, startTestHub } from "../../../tests/support/test-hub.ts";
import { startServer } from "../server.ts";
import type { Change } from "../shapes/state.ts";

const hub = startTestHub();
const server = await startServer({ ...hub, host: "127.0.0.1", port: 0 });
const bearer = { authorization: `Bearer ${hub.tokenOf("read")}` };
const live = () => openLive(server.url, bearer);
after(async () => {
  await server.close();
  await hub.close();
});

await hub.addSeries(1, identity("light.kitchen", { areaId: "kitchen" }));
await hub.addSeries(2, identity("sensor.hall"));
await hub.record([reading(1, "off"), reading(2, "1")]);

test("hello, then the snapshot, then changes, in that order", async () => {
  const client = await live();
  const hello = await client.next();
  assert.deepEqual(hello, {
    type: "hello",
    version: "0.0.0-test",
    schema: { min: 1, max: 1 },
    home: { name: null, simulated: false },
    time: "2026-11-23T17:35:26.760001Z",
  });
  client.send({ type: "subscribe" });
  const snapshot = await client.next();
  assert.equal(snapshot.type, "snapshot");
  assert.equal(snapshot.position, hub.store.stats().position);
  assert.deepEqual(
    (snapshot.states as Change[]).map((state) => [state.entity_id, state.state]),
    [
      ["light.kitchen", "off"],
      ["sensor.hall", "1"],
    ],
  );
  await hub.record([reading(1, "on", { time: hub.clock.now() + 5 })]);
  const [change] = (await client.next()).changes as Change[];
  assert.equal(change?.entity_id, "light.kitchen");
  assert.equal(change?.state, "on");
  assert.equal(change?.previous?.state, "off");
  await client.close();
});
