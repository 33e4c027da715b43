import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveFrame } from "./api-types.ts";
import { createTestClock } from "./data/test-clock.ts";
import { createLive, type Socket } from "./live.ts";

type FakeSocket = Socket & { sent: { type: string; [key: string]: unknown }[]; closed: boolean };

const HELLO = { type: "hello", version: "0.1.0", schema: { min: 1, max: 1 }, time: "2026-11-23T22:39:00.000000Z" };

function setUp({ token = null as string | null } = {}) {
  const clock = createTestClock();
  const sockets: FakeSocket[] = [];
  const frames: LiveFrame[] = [];
  let unauthorized = 0;
  const live = createLive({
    open: () => {
      const socket: FakeSocket = {
        sent: [],
        closed: false,
        onmessage: null,
        onclose: null,
        send: (text) => void socket.sent.push(JSON.parse(text)),
        close: () => {
          socket.closed = true;
        },
      };
      sockets.push(socket);
      return socket;
    },
    token: () => token,
    clock,
    random: () => 1,
    onUnauthorized: () => {
      unauthorized++;
    },
  });
  live.listen((frame) => frames.push(frame));
  const last = () => sockets.at(-1) as FakeSocket;
  const hear = (frame: object) => last().onmessage?.({ data: JSON.stringify(frame) });
  return { live, clock, sockets, frames, last, hear, unauthorized: () => unauthorized };
}

test("nothing is sent before the hub's hello; then the subscription, once", () => {
  const { live, last, hear } = setUp();
  live.want({ topics: ["changes"], snapshot: true });
  live.start();
  assert.deepEqual(last().sent, []);
  assert.equal(live.phase.get().name, "connecting");
  hear(HELLO);
  assert.deepEqual(last().sent, [{ type: "subscribe", topics: ["changes"], snapshot: true }]);
  assert.equal(live.phase.get().name, "open");
});

test("another page's wishes replace the subscription at once; the same wishes are not sent again", () => {
  const { live, last, hear } = setUp();
  live.start();
  hear(HELLO);
  live.want({ topics: ["changes", "events"], snapshot: false });
  live.want({ topics: ["changes", "events"], snapshot: false });
  assert.equal(last().sent.length, 2);
  assert.deepEqual(last().sent[1]?.topics, ["changes", "events"]);
});

test("frames reach the listeners in order, and what is no frame is let go", () => {
  const { live, frames, last, hear } = setUp();
  live.start();
  hear(HELLO);
  hear({ type: "lost", count: 3 });
  last().onmessage?.({ data: "{torn" });
  last().onmessage?.({ data: "null" });
  hear({ type: "changes", changes: [] });
  assert.deepEqual(
    frames.map(({ type }) => type),
    ["hello", "lost", "changes"],
  );
});

test("a lost connection is tried again after waits that grow to 30 s, and says since when it is down", () => {
  const { live, clock, sockets, last, hear } = setUp();
  live.start();
  hear(HELLO);
  const lostAt = clock.now();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    last().onclose?.();
    const phase = live.phase.get();
    assert.ok(phase.name === "waiting" && phase.since === lostAt);
    waits.push(phase.retryAt - clock.now());
    clock.advance(phase.retryAt - clock.now());
    assert.equal(sockets.length, i + 2);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("back again: the same wishes are subscribed anew and the waits start small again", () => {
  const { live, clock, last, hear } = setUp();
  live.want({ topics: ["changes"], entities: ["light.*"], snapshot: false });
  live.start();
  for (let i = 0; i < 5; i++) {
    last().onclose?.();
    clock.advance(30_000);
  }
  hear(HELLO);
  assert.equal(live.phase.get().name, "open");
  assert.deepEqual(last().sent[0], { type: "subscribe", topics: ["changes"], entities: ["light.*"], snapshot: false });
  last().onclose?.();
  const phase = live.phase.get();
  assert.ok(phase.name === "waiting" && phase.retryAt - clock.now() === 500);
});

test("the reason in the last error frame is kept for the page", () => {
  const { live, last, hear } = setUp();
  live.start();
  hear(HELLO);
  hear({ type: "error", code: "too_slow", detail: "This client did not answer for 60 s" });
  last().onclose?.();
  const phase = live.phase.get();
  assert.ok(phase.name === "waiting" && phase.why === "This client did not answer for 60 s");
});

test("silence is asked about, and without an answer the connection counts as lost", () => {
  const { live, clock, last, sockets, hear } = setUp();
  live.start();
  hear(HELLO);
  clock.advance(20_000);
  assert.equal(last().sent.at(-1)?.type, "ping");
  hear({ type: "pong" });
  clock.advance(20_000);
  assert.equal(last().sent.filter(({ type }) => type === "ping").length, 2);
  clock.advance(10_000);
  assert.equal(live.phase.get().name, "waiting");
  assert.ok(sockets[0]?.closed);
});

test("a connection that never says hello is given up and tried again", () => {
  const { live, clock, sockets } = setUp();
  live.start();
  clock.advance(30_000);
  assert.equal(live.phase.get().name, "waiting");
  clock.advance(500);
  assert.equal(sockets.length, 2);
});

test("a token goes out as the first message, never in the address", () => {
  const { live, last, hear } = setUp({ token: "hi_secret" });
  live.start();
  hear({ type: "auth_required" });
  assert.deepEqual(last().sent, [{ type: "auth", token: "hi_secret" }]);
});

test("who is not signed in is not tried again", () => {
  for (const refusal of [{ type: "auth_required" }, { type: "error", code: "unauthorized", detail: "expired" }]) {
    const { live, clock, sockets, hear, unauthorized } = setUp();
    live.start();
    hear(refusal);
    clock.advance(600_000);
    assert.deepEqual(live.phase.get(), { name: "refused", why: "unauthorized" });
    assert.equal(sockets.length, 1);
    assert.equal(unauthorized(), 1);
  }
});

test("a hub that speaks only newer versions is not talked to", () => {
  const { live, clock, last, sockets, hear } = setUp();
  live.start();
  hear({ ...HELLO, schema: { min: 2, max: 3 } });
  clock.advance(600_000);
  assert.deepEqual(live.phase.get(), { name: "refused", why: "schema" });
  assert.deepEqual(last().sent, []);
  assert.equal(sockets.length, 1);
});

test("trying now skips the wait, and only while waiting", () => {
  const { live, sockets, last, hear } = setUp();
  live.start();
  hear(HELLO);
  live.retryNow();
  assert.equal(sockets.length, 1);
  last().onclose?.();
  live.retryNow();
  assert.equal(sockets.length, 2);
});

test("a late word from a connection that was given up is not heard", () => {
  const { live, clock, sockets, frames, last } = setUp();
  live.start();
  const old = last();
  const hearOld = old.onmessage;
  old.onclose?.();
  clock.advance(500);
  assert.equal(old.onmessage, null);
  assert.notEqual(hearOld, null);
  assert.equal(frames.length, 0);
  assert.equal(sockets.length, 2);
});

test("stopping closes the connection and leaves no timer behind", () => {
  const { live, clock, last, hear } = setUp();
  live.start();
  hear(HELLO);
  live.stop();
  assert.ok(last().closed);
  assert.equal(clock.timers, 0);
  assert.equal(live.phase.get().name, "idle");
});
