import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type Frame, openLive } from "../../../tests/support/hub/live-client.ts";
import { identity, reading, startTestHub, TEST_SERVER_ID } from "../../../tests/support/hub/test-hub.ts";
import { startServer } from "../listeners/server.ts";
import type { ChangeShape as Change, EventShape, GapShape, PartShape } from "../shapes/answers.ts";
import type { State } from "../shapes/state.ts";

const LIVE_QUEUE = 400;
const hub = startTestHub({ liveQueue: LIVE_QUEUE });
const server = await startServer({ ...hub, host: "127.0.0.1", port: 0 });
const bearer = { authorization: `Bearer ${hub.tokenOf("read")}` };
const live = () => openLive(server.url, bearer);
after(async () => {
  await server.close();
  await hub.close();
});

await hub.addSeries(1, identity("light.kitchen", { areaId: "kitchen" }));
await hub.addSeries(2, identity("sensor.hall", { areaId: "hall" }));
await hub.addSeries(3, identity("light.gone"));
await hub.record([reading(1, "off"), reading(2, "1"), reading(3, null)]);

/** Times that never stand still, so that each reading is its series' latest. */
let step = 0;
const change = (series: number, state: string | null, attributes = {}) => {
  const time = hub.clock.now() + ++step;
  return reading(series, state, { time, changed: time, attributes });
};
/** A subscribed client whose hello and snapshot are taken. */
async function subscribed(asked: object = {}) {
  const client = await live();
  client.send({ type: "subscribe", ...asked });
  client.send({ type: "ping" });
  await client.until(({ type }) => type === "pong");
  return client;
}
const changesOf = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type === "changes").flatMap((frame) => frame.changes as Change[]);
const states = (changes: readonly Change[]) => changes.map(({ entity_id, state }) => `${entity_id}=${state}`);

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
    (snapshot.states as State[]).map((state) => [state.entity_id, state.state, state.area_id]),
    [
      ["light.kitchen", "off", "kitchen"],
      ["sensor.hall", "1", "hall"],
    ],
  );
  const [recorded] = await hub.record([change(1, "on", { brightness: 7 })]);
  const [told] = (await client.next()).changes as Change[];
  assert.deepEqual(told, {
    entity_id: "light.kitchen",
    series: 1,
    position: recorded?.reading.position,
    state: "on",
    attributes: { brightness: 7 },
    time: "2026-11-23T17:35:26.760002Z",
    changed: "2026-11-23T17:35:26.760002Z",
    origin: "live",
    context: null,
    time_is_arrival: false,
    flaws: [],
    previous: { state: "off", time: "2026-11-23T17:35:26.760001Z" },
  });
  await client.close();
});

test("nothing is sent before it is asked for", async () => {
  const client = await live();
  await client.next();
  await hub.record([change(1, "on")]);
  client.send({ type: "ping" });
  assert.deepEqual(await client.next(), { type: "pong" });
  await client.close();
});

test("nothing falls between a snapshot and the changes after it, however busy the hub is", async () => {
  const positions: number[] = [];
  let running = true;
  const recording = (async () => {
    while (running) {
      const made = await hub.record([change(1, "on"), change(2, "2")]);
      positions.push(...made.map(({ reading: { position } }) => position));
      await setImmediate();
    }
  })();
  const clients = [];
  for (let i = 0; i < 8; i++) clients.push(await subscribed());
  running = false;
  await recording;
  const [last] = await hub.record([change(1, "end")]);
  for (const client of clients) {
    while (!changesOf(client.frames).some(({ state }) => state === "end")) await client.next();
    const snapshot = client.frames.find(({ type }) => type === "snapshot") as Frame & { position: number };
    const told = changesOf(client.frames).map(({ position }) => position);
    const expected = [...positions, last?.reading.position as number].filter(
      (position) => position > snapshot.position,
    );
    assert.deepEqual(
      told.filter((position) => position > snapshot.position),
      expected,
    );
    await client.close();
  }
});

test("filters let through what matches all of them, in the snapshot and after", async () => {
  const cases: [object, string[]][] = [
    [{ entities: ["light.*"] }, ["light.kitchen=a"]],
    [{ entities: ["*.h*l", "nothing"] }, ["sensor.hall=b"]],
    [{ entities: ["light.kitchen"], areas: ["hall"] }, []],
    [{ domains: ["sensor", "light"], areas: ["kitchen"] }, ["light.kitchen=a"]],
    [{}, ["light.kitchen=a", "sensor.hall=b"]],
  ];
  for (const [asked, expected] of cases) {
    const client = await subscribed(asked);
    const snapshot = client.frames.find(({ type }) => type === "snapshot") as Frame;
    assert.deepEqual(
      (snapshot.states as State[]).map(({ entity_id }) => entity_id),
      expected.map((text) => text.split("=")[0]),
      JSON.stringify(asked),
    );
    const before = client.frames.length;
    await hub.record([change(1, "a"), change(2, "b")]);
    client.send({ type: "ping" });
    await client.until(({ type }) => type === "pong");
    await setImmediate();
    client.send({ type: "ping" });
    await client.until(({ type }) => type === "pong");
    assert.deepEqual(states(changesOf(client.frames.slice(before))), expected, JSON.stringify(asked));
    await client.close();
  }
});

test("a filter follows an entity to its new name and area", async () => {
  await hub.addSeries(4, identity("switch.before"));
  const client = await subscribed({ areas: ["attic"] });
  await hub.record([change(4, "on")]);
  await hub.addSeries(4, identity("switch.after", { areaId: "attic", from: hub.clock.now() + 1 }));
  await hub.record([change(4, "off")]);
  assert.deepEqual(states((await client.until(({ type }) => type === "changes")).changes as Change[]), [
    "switch.after=off",
  ]);
  await client.close();
});

test("events, gaps and statuses come when they are asked for, events by type", async () => {
  hub.board.set("home_assistant", { state: "ok" });
  const client = await subscribed({ topics: ["events", "gaps", "status"], event_types: ["call_service"] });
  const first = client.frames.find(({ type }) => type === "status") as Frame & { parts: PartShape[] };
  assert.equal(first.parts.find(({ part }) => part === "home_assistant")?.state, "ok");
  assert.ok(!client.frames.some(({ type }) => type === "snapshot"));
  const event = { time: hub.clock.now(), data: { i: 1 }, context: null, origin: "live" as const };
  const [kept] = await hub.recordEvents([
    { ...event, type: "call_service" },
    { ...event, type: "other" },
  ]);
  const told = (await client.until(({ type }) => type === "events")).events as EventShape[];
  assert.deepEqual(
    told.map(({ id, type, data }) => [id, type, data]),
    [[kept?.position, "call_service", { i: 1 }]],
  );
  await hub.recordGaps([{ kind: "states", series: 1, from: 1, to: 2, cause: "disconnected" }]);
  const gaps = (await client.until(({ type }) => type === "gaps")).gaps as GapShape[];
  assert.deepEqual(
    gaps.map(({ entity_id, cause }) => [entity_id, cause]),
    [["light.kitchen", "disconnected"]],
  );
  hub.board.set("home_assistant", { state: "broken", why: "It does not answer", fix: "Start it" });
  const parts = (await client.until(({ type }) => type === "status")).parts as PartShape[];
  assert.deepEqual(
    parts.map(({ state, why, fix }) => [state, why, fix]),
    [["broken", "It does not answer", "Start it"]],
  );
  await client.close();
});

test("what is published comes whole at first, then as it changes, and firings as they happen", async () => {
  const entry = {
    key: "store_size",
    platform: "sensor",
    translationKey: "store_size",
    suggestedUnit: "MB",
    value: 5,
    available: true,
  } as const;
  const own = startTestHub({ published: () => [entry] });
  const place = await startServer({ ...own, host: "127.0.0.1", port: 0 });
  const client = await openLive(place.url, { authorization: `Bearer ${own.tokenOf("read")}` });
  client.send({ type: "subscribe", topics: ["published"] });
  const first = await client.until(({ type }) => type === "published");
  const answered = await (await own.ask("/api/v1/published")).json();
  assert.deepEqual(first, { type: "published", complete: true, ...(answered as object) });
  const shape = { key: "store_size", platform: "sensor", translation_key: "store_size", suggested_unit: "MB" };
  assert.deepEqual(answered, {
    server_id: TEST_SERVER_ID,
    version: "0.0.0-test",
    api: { min: 1, max: 1 },
    integration_min: "0.1.0",
    published: [{ ...shape, value: 5, available: true }],
  });
  const time = own.clock.now();
  own.bus.publish("published", [{ ...entry, value: 6 }]);
  own.bus.publish("firing", [{ key: "gap", id: 7, eventType: "gap_found", time, attributes: { gaps: 1 } }]);
  assert.deepEqual(await client.next(), { type: "published", published: [{ ...shape, value: 6, available: true }] });
  assert.deepEqual(await client.next(), {
    type: "firings",
    firings: [
      { key: "gap", id: 7, event_type: "gap_found", time: "2026-11-23T17:35:26.760001Z", attributes: { gaps: 1 } },
    ],
  });
  await client.close();
  await place.close();
  await own.close();
});

test("a later subscription takes the place of the earlier one", async () => {
  const client = await subscribed({ entities: ["light.*"] });
  client.send({ type: "subscribe", entities: ["sensor.*"], snapshot: false });
  client.send({ type: "ping" });
  await client.until(({ type }) => type === "pong");
  assert.equal(hub.bus.listeners, 1);
  await hub.record([change(1, "x"), change(2, "y")]);
  assert.deepEqual(states((await client.next()).changes as Change[]), ["sensor.hall=y"]);
  await client.close();
});

test("a client that reads too slowly loses its own oldest changes, is told how many, and holds up nobody", async () => {
  const slow = await subscribed({ entities: ["sensor.hall"], snapshot: false });
  const quick = await subscribed({ entities: ["light.kitchen"], snapshot: false });
  slow.socket.pause();
  const padding = { padding: "x".repeat(10_000) };
  let published = 0;
  // More than the sockets of both sides hold, so that the rest must wait in the hub.
  for (; published < 6_000; published++) {
    await hub.record([change(2, String(published), padding)]);
    if (published % 50 === 0) await setImmediate();
  }
  await hub.record([change(1, "meanwhile")]);
  assert.deepEqual(states((await quick.next()).changes as Change[]), ["light.kitchen=meanwhile"]);
  slow.socket.resume();
  await slow.until((frame) => changesOf([frame]).some(({ state }) => state === String(published - 1)));
  const told = changesOf(slow.frames).map(({ state }) => Number(state));
  const lost = slow.frames.filter(({ type }) => type === "lost").reduce((sum, { count }) => sum + Number(count), 0);
  assert.ok(lost > 0);
  assert.equal(told.length + lost, published);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  // What was lost is in the store.
  assert.equal(hub.store.latest(2)?.state, String(published - 1));
  await Promise.all([slow.close(), quick.close()]);
});

test("a client without header or cookie is asked for its token, and must send it first and in time", async () => {
  const client = await openLive(server.url);
  assert.deepEqual(await client.next(), { type: "auth_required" });
  client.send({ type: "auth", token: hub.tokenOf("read") });
  assert.equal((await client.next()).type, "hello");
  client.send({ type: "auth", token: hub.tokenOf("read") });
  assert.deepEqual((await client.next()).code, "invalid_request");
  await client.close();

  const refused = async (run: (client: Awaited<ReturnType<typeof openLive>>) => void, why: RegExp) => {
    const stranger = await openLive(server.url);
    await stranger.next();
    run(stranger);
    const last = await stranger.next();
    assert.deepEqual([last.type, last.code], ["error", "unauthorized"]);
    assert.match(last.detail as string, why);
    assert.equal(await stranger.closed, 4401);
  };
  await refused((stranger) => stranger.send({ type: "auth", token: "hi_wrong" }), /not known/);
  await refused((stranger) => stranger.send({ type: "subscribe" }), /first message/);
  await refused(() => hub.clock.advance(10_000), /within 10 s/);
  assert.ok(!hub.lines.some((line) => line.includes(hub.tokenOf("read"))));
});

test("frames that are not understood are answered with what is wrong, and the stream goes on", async () => {
  const client = await live();
  await client.next();
  const frames: [string | object, RegExp][] = [
    ["{", /not valid JSON/],
    ["null", /Object|none of/],
    ["[]", /type|none of/],
    [{ type: "shout" }, /none of auth, subscribe, ping/],
    [{}, /type/],
    [{ type: "subscribe", topics: ["weather"] }, /topics\[0\]: is none of changes/],
    [{ type: "subscribe", topics: [] }, /topics: is empty/],
    [{ type: "subscribe", entities: "light.kitchen" }, /entities/],
    [{ type: "subscribe", entities: [5] }, /entities\[0\]: is not a text/],
    [{ type: "subscribe", snapshot: "no" }, /snapshot: is neither/],
    [{ type: "subscribe", entity: ["a"] }, /entity: is not known/],
    [{ type: "ping", id: 1 }, /id: is not known/],
  ];
  for (const [frame, why] of frames) {
    client.send(frame);
    const answer = await client.next();
    assert.deepEqual([answer.type, answer.code], ["error", "invalid_request"], JSON.stringify(frame));
    assert.match(answer.detail as string, why, JSON.stringify(frame));
  }
  client.socket.send(Buffer.from([1, 2, 3]));
  assert.equal((await client.next()).code, "invalid_request");
  client.send({ type: "ping" });
  assert.deepEqual(await client.next(), { type: "pong" });
  client.socket.send("x".repeat(300 * 1024));
  assert.equal(await client.closed, 1009);
});

test("a stream ends when its token is removed", async () => {
  const { token, secret } = hub.database.tokens.create("short-lived", "read");
  const client = await openLive(server.url, { authorization: `Bearer ${secret}` });
  await client.next();
  hub.database.tokens.remove(token.id);
  hub.clock.advance(20_000);
  assert.deepEqual((await client.next()).code, "unauthorized");
  assert.equal(await client.closed, 4401);
});

test("a token that is removed by the API ends its streams at once, and no others", async () => {
  const { token, secret } = hub.database.tokens.create("revoked", "read");
  const revoked = await openLive(server.url, { authorization: `Bearer ${secret}` });
  const other = await live();
  await Promise.all([revoked.next(), other.next()]);
  const answer = await hub.ask(`/api/v1/tokens/${token.id}`, { method: "DELETE", scope: "admin" });
  assert.equal(answer.status, 204);
  assert.deepEqual((await revoked.next()).code, "unauthorized");
  assert.equal(await revoked.closed, 4401);
  other.send({ type: "ping" });
  assert.deepEqual(await other.next(), { type: "pong" });
  await other.close();
});

test("a client that gives no sign of life for a minute is let go, one that answers pings stays", async () => {
  const dead = await openLive(server.url, bearer, { autoPong: false });
  const alive = await live();
  await Promise.all([dead.next(), alive.next()]);
  for (let i = 0; i < 4; i++) {
    const pinged = once(alive.socket, "ping");
    hub.clock.advance(20_000);
    await pinged;
    alive.send({ type: "ping" });
    await alive.until(({ type }) => type === "pong");
  }
  assert.equal(await dead.closed, 1006);
  await alive.close();
});

test("no more streams are served than the hub can bear", async () => {
  const small = startTestHub({ mostStreams: 2 });
  const own = await startServer({ ...small, host: "127.0.0.1", port: 0 });
  after(async () => {
    await own.close();
    await small.close();
  });
  const headers = { authorization: `Bearer ${small.tokenOf("read")}` };
  const first = await openLive(own.url, headers);
  await openLive(own.url, headers);
  await assert.rejects(openLive(own.url, headers), /429/);
  await first.close();
  while (small.streams.count > 1) await setImmediate();
  await (await openLive(own.url, headers)).close();
});

test("closing the client ends its subscription", async () => {
  while (hub.bus.listeners > 0) await setImmediate();
  const client = await subscribed();
  assert.equal(hub.bus.listeners, 1);
  await client.close();
  while (hub.bus.listeners > 0) await setImmediate();
});
