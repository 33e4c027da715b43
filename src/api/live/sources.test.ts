import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Frame, openLive } from "../../../tests/support/hub/live-client.ts";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { startServer } from "../listeners/server.ts";

const hub = startTestHub();
const server = await startServer({ ...hub, host: "127.0.0.1", port: 0 });
after(async () => {
  await server.close();
  await hub.close();
});
const live = () => openLive(server.url, { authorization: `Bearer ${hub.tokenOf("read")}` });

type SourceNow = { readonly id: string; readonly state: string; readonly why?: string; readonly removed?: boolean };
const told = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type === "sources").flatMap((frame) => frame.sources as SourceNow[]);
const isTold = (state: string) => (frame: Frame) =>
  frame.type === "sources" && (frame.sources as SourceNow[]).some((source) => source.state === state);

test("two clients hear how sources do: all at first, then each that changes; what they know comes as changes", async () => {
  const first = await live();
  first.send({ type: "subscribe", topics: ["sources"] });
  assert.deepEqual((await first.until(({ type }) => type === "sources")).sources, []);

  const added = await hub.ask("/api/v1/sources", {
    method: "POST",
    scope: "admin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      id: "weather",
      kind: "weather",
      name: "Weather",
      providers: [{ provider: "open_meteo", settings: { latitude: 52.5, longitude: 13.4, api_key: "a-secret-key" } }],
    }),
  });
  assert.equal(added.status, 201, await added.text());
  await first.until(isTold("broken"));
  const states = told(first.frames).map(({ state }) => state);
  assert.deepEqual(states, ["starting", "broken"]);
  assert.match(told(first.frames).at(-1)?.why ?? "", /no network/);

  const second = await live();
  second.send({ type: "subscribe", topics: ["changes", "sources"], domains: ["outside"], snapshot: false });
  const known = (await second.until(({ type }) => type === "sources")).sources as SourceNow[];
  assert.deepEqual(
    known.map(({ id, state }) => [id, state]),
    [["weather", "broken"]],
  );
  await hub.addSeries(1, identity("outside.weather_temperature"));
  await hub.addSeries(2, identity("sensor.other"));
  await hub.record([reading(1, "7.5"), reading(2, "1")]);
  const changes = (await second.until(({ type }) => type === "changes")).changes as { entity_id: string }[];
  assert.deepEqual(
    changes.map(({ entity_id }) => entity_id),
    ["outside.weather_temperature"],
  );

  assert.equal((await hub.ask("/api/v1/sources/weather", { method: "DELETE", scope: "admin" })).status, 204);
  for (const client of [first, second]) {
    await client.until(isTold("off"));
    const last = told(client.frames).at(-1);
    assert.deepEqual([last?.id, last?.removed], ["weather", true]);
    assert.ok(!JSON.stringify(client.frames).includes("a-secret-key"));
    await client.close();
  }
});
