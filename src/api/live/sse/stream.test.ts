import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../../../tests/support/eventually.ts";
import { openSse, type SseEvent } from "../../../../tests/support/hub/sse-client.ts";
import { identity, reading, startTestHub, type TestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import type { Position } from "../../../domain/data/reading.ts";
import type { Series } from "../../../domain/data/series.ts";
import { startServer } from "../../listeners/server.ts";

const QUEUE = 400;

async function startHub(more: Parameters<typeof startTestHub>[0] = {}) {
  const hub = startTestHub({ liveQueue: QUEUE, ...more });
  const server = await startServer({ ...hub, host: "127.0.0.1", port: 0 });
  await hub.addSeries(1, identity("light.kitchen", { areaId: "kitchen" }));
  await hub.addSeries(2, identity("sensor.desk"));
  const bearer = { authorization: `Bearer ${hub.tokenOf("read")}` };
  return {
    hub,
    server,
    open: (query = "", options: Parameters<typeof openSse>[2] = {}) =>
      openSse(`${server.url}api/v1/events/stream${query}`, bearer, options),
    close: async () => {
      await server.close();
      await hub.close();
    },
  };
}

/** Stores one batch of every kind, then publishes topic by topic, as ingest does. */
let beat = 0;
async function recordMixed(hub: TestHub): Promise<Position[]> {
  const time = TEST_TIME + ++beat * 1000;
  const event = { type: "mixed", time, data: { beat }, context: null, origin: "live" } as const;
  const gap = { kind: "states", series: 2, from: time, to: time + 5, cause: "disconnected" } as const;
  const readings = [reading(1, `a${beat}`, { time, attributes: { beat } }), reading(2, `b${beat}`, { time })];
  // One late reading now and then: it is told like any other, and never is what another follows.
  const late = reading(1, `late${beat}`, { time: time - 5_000_000, origin: "late" });
  const before = [hub.store.latest(1), hub.store.latest(2)];
  const positions = await hub.store.append([
    { kind: "event", event },
    { kind: "reading", reading: readings[0] as (typeof readings)[0] },
    { kind: "gap", gap },
    { kind: "reading", reading: readings[1] as (typeof readings)[0] },
    { kind: "reading", reading: late },
  ]);
  const [eventAt, firstAt, gapAt, secondAt, lateAt] = positions as [number, number, number, number, number];
  const known = hub.store.series();
  const [first, second] = readings.map((one, i) => ({ ...one, position: i === 0 ? firstAt : secondAt }));
  const of = (id: number) => known.get(id) as Series;
  hub.bus.publish("change", [
    { series: of(1), reading: first as never, previous: before[0] },
    { series: of(2), reading: second as never, previous: before[1] },
    { series: of(1), reading: { ...late, position: lateAt }, previous: first as never },
  ]);
  hub.bus.publish("event", [{ ...event, position: eventAt }]);
  hub.bus.publish("gap", [{ ...gap, position: gapAt }]);
  return positions as Position[];
}

const told = (events: readonly SseEvent[]) => events.filter(({ event }) => ["change", "event", "gap"].includes(event));
const ids = (events: readonly SseEvent[]) => told(events).map(({ id }) => Number(id));
const ALL = "?topics=changes&topics=events&topics=gaps";

test("a stream begins with a snapshot, then tells each entry under its position, in the order of the log", async () => {
  const { hub, open, close } = await startHub();
  await hub.record([reading(1, "on")]);
  const stream = await open(`${ALL}&topics=status`);
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  assert.equal((await stream.next()).event, "status");
  const snapshot = await stream.next();
  assert.equal(snapshot.event, "snapshot");
  const { position, states } = JSON.parse(snapshot.data) as { position: number; states: { state: string }[] };
  assert.deepEqual(
    states.map(({ state }) => state),
    ["on"],
  );
  assert.equal(snapshot.id, String(position));
  const positions = await recordMixed(hub);
  hub.board.set("store", { state: "ok" });
  await stream.until(({ event }) => event === "status");
  assert.deepEqual(ids(stream.events), positions);
  assert.deepEqual(
    told(stream.events).map(({ event }) => event),
    ["event", "change", "gap", "change", "change"],
  );
  await stream.leave();
  await close();
});

test("filters let through what /live would, and its topics", async () => {
  const { hub, open, close } = await startHub();
  const kitchen = await open("?areas=kitchen&snapshot=false");
  const desk = await open("?entities=sensor.*&topics=changes&topics=gaps&snapshot=false");
  const events = await open("?topics=events&event_types=other");
  const [event, first, gap, second, late] = (await recordMixed(hub)) as [number, number, number, number, number];
  await hub.recordEvents([{ type: "other", time: TEST_TIME, data: {}, context: null, origin: "live" }]);
  await kitchen.until(({ id }) => id === String(late));
  await desk.until(({ id }) => id === String(second));
  await events.next();
  assert.deepEqual(ids(kitchen.events), [first, late]);
  assert.deepEqual(ids(desk.events), [gap, second]);
  assert.deepEqual(ids(events.events).includes(event), false);
  for (const stream of [kitchen, desk, events]) await stream.leave();
  assert.equal((await hub.ask("/api/v1/events/stream?topics=published")).status, 400);
  await close();
});

test("a client that comes and goes under load misses nothing and hears nothing twice", async () => {
  const { hub, open, close } = await startHub();
  await hub.record([reading(1, "before"), reading(2, "before")]);
  const witness = await open(`${ALL}&snapshot=false`);
  const all: Position[] = [];
  const heard: SseEvent[] = [];
  let lastId: string | undefined = String(hub.store.stats().position);
  const start = Number(lastId);
  let reconnects = 0;
  const write = (async () => {
    while (reconnects < 40) {
      // Far enough ahead that replays and what is live overlap, not so far that the test only replays.
      if (hub.store.stats().position - Number(lastId) < 400) all.push(...(await recordMixed(hub)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  while (reconnects < 40 || Number(lastId) < (all.at(-1) as number)) {
    const stream = await open(`${ALL}&snapshot=false`, { lastId });
    // Left after ever other counts, in the midst of a replay or of what is live.
    const wanted = (++reconnects * 7) % 61;
    while (told(stream.events).length < wanted && Number(stream.lastId) < (all.at(-1) ?? 0)) await stream.next();
    await stream.leave();
    heard.push(...told(stream.events));
    lastId = stream.lastId;
  }
  await write;
  await witness.until(({ id }) => id === String(all.at(-1)));
  assert.deepEqual(
    heard.map(({ id }) => Number(id)),
    all.filter((position) => position > start),
  );
  // What is told from the log is what was told live, to the last character.
  const live = new Map(told(witness.events).map(({ id, data }) => [id, data]));
  for (const { id, data } of heard) assert.equal(data, live.get(id) ?? data);
  assert.ok(heard.filter(({ id }) => live.has(id)).length > 200);
  await witness.leave();
  await close();
});

test("more than the queue holds may come during a replay: the log is read again until it has caught up", async () => {
  const { hub, open, close } = await startHub();
  const all: Position[] = [];
  for (let i = 0; i < 50; i++) all.push(...(await recordMixed(hub)));
  const from = all[0] as Position;
  const connecting = open(`${ALL}&snapshot=false`, { lastId: String(from) });
  for (let i = 0; i < QUEUE; i++) all.push(...(await recordMixed(hub)));
  const stream = await connecting;
  await stream.until(({ id }) => id === String(all.at(-1)));
  const expected = all.slice(1);
  if (stream.events.some(({ event }) => event === "lost")) assert.fail("nothing of a replay may be lost");
  assert.deepEqual(ids(stream.events), expected);
  await stream.leave();
  await close();
});

test("what was stored and not yet published when a stream began is told once", async () => {
  const { hub, open, close } = await startHub();
  const [start] = await hub.store.append([
    { kind: "event", event: { type: "first", time: TEST_TIME, data: {}, context: null, origin: "live" } },
  ]);
  const event = { type: "second", time: TEST_TIME, data: {}, context: null, origin: "live" } as const;
  const [position] = (await hub.store.append([{ kind: "event", event }])) as [number];
  const resumed = await open("?topics=events", { lastId: String(start) });
  const fresh = await open("?topics=events");
  await eventually(5, () => assert.equal(fresh.lastId, String(position)));
  assert.equal((await resumed.next()).id, String(position));
  hub.bus.publish("event", [{ ...event, position }]);
  const [next] = await hub.recordEvents([{ ...event, type: "third" }]);
  for (const stream of [resumed, fresh]) {
    await stream.until(({ id }) => id === String(next?.position));
    await stream.leave();
  }
  assert.deepEqual(ids(resumed.events), [position, next?.position]);
  assert.deepEqual(ids(fresh.events), [next?.position]);
  await close();
});

test("more clients than may replay at a time come back at once: each is served in its turn", async () => {
  const { hub, open, close } = await startHub();
  const all: Position[] = [];
  for (let i = 0; i < 20; i++) all.push(...(await recordMixed(hub)));
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => open(`${ALL}&snapshot=false`, { lastId: String(all[0]) })),
  );
  for (const stream of streams) {
    await stream.until(({ id }) => id === String(all.at(-1)));
    assert.deepEqual(ids(stream.events), all.slice(1));
    await stream.leave();
  }
  await eventually(5, () => assert.equal(hub.streams.count, 0));
  await close();
});

test("a HEAD gets the headers and leaves no stream behind", async () => {
  const { hub, close } = await startHub();
  const answer = await hub.ask("/api/v1/events/stream", { method: "HEAD" });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/event-stream"]);
  assert.equal(hub.streams.count, 0);
  await close();
});

test("a client that reads too slowly is told how many entries it lost", async () => {
  const { hub, open, close } = await startHub();
  let release = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stream = await open("?snapshot=false", { afterChunk: () => blocked });
  const total = 6000;
  // Wide enough that what the two sockets hold is soon full.
  const attributes = { wide: "x".repeat(4000) };
  for (let i = 0; i < total; i++) {
    await hub.record([reading(1, `${i}`, { time: TEST_TIME + i, attributes })]);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  release();
  await hub.record([reading(1, "last", { time: TEST_TIME + total })]);
  await stream.until(({ data }) => data.includes('"state":"last"'));
  const lost = stream.events
    .filter(({ event }) => event === "lost")
    .map(({ data }) => JSON.parse(data).count as number);
  assert.ok(lost.length > 0);
  assert.equal(ids(stream.events).length + lost.reduce((sum, count) => sum + count, 0), total + 1);
  await stream.leave();
  await close();
});

test("an id that is older than the window, unknown or no id at all gets a reset, then a snapshot", async () => {
  const windowStart = { at: 0 };
  const { hub, open, close } = await startHub({ windowStart: () => windowStart.at });
  const [, first] = (await recordMixed(hub)) as [number, number];
  await recordMixed(hub);
  windowStart.at = first + 1;
  for (const [lastId, why] of [
    [String(first), /older than the log window/],
    ["999999", /No entry/],
    ["-1", /No entry/],
    ["nonsense", /No entry/],
  ] as const) {
    const stream = await open("", { lastId });
    const reset = await stream.next();
    assert.equal(reset.event, "reset");
    assert.match(reset.data, why);
    const snapshot = await stream.next();
    assert.equal(snapshot.event, "snapshot");
    assert.equal(snapshot.id, String(hub.store.stats().position));
    await stream.leave();
  }
  const resumed = await open(`?snapshot=false&last_event_id=${first + 1}`);
  assert.equal((await resumed.next()).event, "change");
  await resumed.leave();
  await close();
});

test("a heartbeat moves the id of a client on that nothing concerned, and shows that the stream lives", async () => {
  const { hub, open, close } = await startHub();
  const stream = await open("?entities=light.none&snapshot=false");
  await eventually(5, () => assert.equal(stream.lastId, String(hub.store.stats().position)));
  const positions = await recordMixed(hub);
  hub.clock.advance(15_000);
  await eventually(5, () => {
    assert.deepEqual(stream.comments, ["alive"]);
    assert.equal(stream.lastId, String(positions.at(-1)));
  });
  assert.deepEqual(stream.events, []);
  await stream.leave();
  await eventually(5, () => assert.equal(hub.streams.count, 0));
  await close();
});

test("a stream ends when its token is removed, and when the hub stops, each time saying so", async () => {
  const { hub, server, close } = await startHub();
  const { token, secret } = hub.database.tokens.create("short-lived", "read");
  const url = `${server.url}api/v1/events/stream?snapshot=false`;
  const stream = await openSse(url, { authorization: `Bearer ${secret}` });
  hub.database.tokens.remove(token.id);
  hub.clock.advance(15_000);
  assert.match((await stream.next()).data, /unauthorized/);
  await stream.ended;
  const other = await openSse(url, { authorization: `Bearer ${hub.tokenOf("read")}` });
  hub.streams.close();
  const last = await other.next();
  assert.deepEqual([last.event, JSON.parse(last.data).code], ["end", "not_ready"]);
  await other.ended;
  assert.equal((await hub.ask("/api/v1/events/stream")).status, 503);
  await close();
});
