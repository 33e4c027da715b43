import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../../tests/support/eventually.ts";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import { openDatabase } from "../../database/open.ts";
import { silentLog } from "../../platform/told/log.ts";
import type { Problem } from "../errors.ts";
import { startServer } from "../listeners/server.ts";
import type { UsageShape } from "../routes/admin/usage.ts";
import { createGate } from "./gate.ts";

const SMALL = {
  now: { requests: 5, perSeconds: 10 },
  history: { requests: 3, perSeconds: 60 },
  write: { requests: 2, perSeconds: 60 },
};
const problem = async (answer: Response) => (await answer.json()) as Problem;

test("past its quota a caller is told when to ask again; others are not held up, nor other kinds of question", async () => {
  const hub = startTestHub({ limits: SMALL });
  await hub.addSeries(1, identity("light.kitchen"));
  await hub.record([reading(1, "on")]);
  for (let left = 2; left >= 0; left--) {
    const answer = await hub.ask("/api/v1/events");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("ratelimit-policy"), '"history";q=3;w=60');
    assert.equal(answer.headers.get("ratelimit"), `"history";r=${left};t=60`);
  }
  hub.clock.advance(20_500);
  const refused = await hub.ask("/api/v1/events/1");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "40");
  assert.equal(refused.headers.get("ratelimit"), '"history";r=0;t=40');
  assert.equal((await problem(refused)).code, "too_many_requests");
  assert.equal((await hub.ask("/api/v1/states")).status, 200);
  assert.equal((await hub.ask("/api/v1/events", { scope: "write" })).status, 200);
  hub.clock.advance(39_500);
  assert.equal((await hub.ask("/api/v1/events")).status, 200);
  await hub.close();
});

test("with the usual limits a question about the present carries no headers of limits, one about the past does", async () => {
  const hub = startTestHub();
  assert.equal((await hub.ask("/api/v1/states")).headers.get("ratelimit"), null);
  assert.match((await hub.ask("/api/v1/events")).headers.get("ratelimit") ?? "", /^"history";r=\d+;t=60$/);
  assert.match((await hub.ask("/api/v1/nothing")).headers.get("ratelimit") ?? "none", /none/);
  await hub.close();
});

test("what each caller used is counted: requests, refusals, and every byte that its connections carried", async () => {
  const hub = startTestHub({ limits: { ...SMALL, now: { requests: 1000, perSeconds: 10 } } });
  const server = await startServer({ ...hub, host: "127.0.0.1", port: 0 });
  const { token, secret } = hub.database.tokens.create("dashboard", "read");
  const get = (path: string) =>
    fetch(`${server.url}api/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } });
  let bodies = 0;
  for (let i = 0; i < 4; i++) bodies += (await (await get("info")).arrayBuffer()).byteLength;
  await (await get("tokens")).arrayBuffer();
  for (let i = 0; i < 4; i++) await (await get("events")).arrayBuffer();
  const rows = async () => {
    const answer = await hub.ask("/api/v1/usage", { scope: "admin" });
    return ((await answer.json()) as { usage: UsageShape[] }).usage;
  };
  await eventually(5, async () => {
    const own = (await rows()).find(({ id }) => id === token.id);
    assert.deepEqual([own?.kind, own?.name, own?.requests, own?.refused], ["token", "dashboard", 9, 2]);
    assert.ok((own?.bytes_out ?? 0) > bodies, `${own?.bytes_out} bytes, ${bodies} in bodies`);
  });
  assert.equal((await hub.ask("/api/v1/usage", { scope: "write" })).status, 403);
  await server.close();
  await hub.close();
});

test("counts are written now and then and at the end, and go on from there", () => {
  const hub = startTestHub();
  const clock = createTestClock();
  const open = () => openDatabase({ folder: `${hub.folder}/usage`, clock, log: silentLog });
  let database = open();
  const row = database.usage.of("token", "a", "first");
  row.requests = 7;
  database.usage.counted();
  clock.advance(5 * 60_000);
  row.requests = 8;
  row.bytesOut = 9_000_000_000;
  database.usage.counted();
  database.close();
  database = open();
  const again = database.usage.of("token", "a", "renamed");
  assert.deepEqual([again.requests, again.bytesOut, again.name, again.since], [8, 9_000_000_000, "renamed", TEST_TIME]);
  database.close();
  return hub.close();
});

test("so many reads from disk may be under way: one caller's too many are 429, all callers' too many 503", async () => {
  const gate = createGate({ caller: 2, all: 3 });
  const as = (id: string) => ({ get: () => ({ kind: "token", id, name: id }) }) as never;
  const controllers: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>[] = [];
  const slow = () =>
    Promise.resolve(
      new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => void controllers.push(controller) }),
    );
  const first = await gate.pass(as("a"), slow);
  const second = await gate.pass(as("a"), slow);
  await assert.rejects(gate.pass(as("a"), slow), { code: "too_many_requests" });
  const third = await gate.pass(as("b"), slow);
  await assert.rejects(gate.pass(as("b"), slow), { code: "busy" });
  // An end, a client that goes, and a failure each make room for another.
  controllers[0]?.close();
  assert.equal((await first.getReader().read()).done, true);
  await second.cancel();
  controllers[2]?.error(new Error("the disk"));
  await assert.rejects(third.getReader().read(), /the disk/);
  await assert.rejects(
    gate.pass(as("a"), () => Promise.reject(new Error("no answer"))),
    /no answer/,
  );
  for (let i = 0; i < 5; i++) await gate.pass(as("a"), () => Promise.resolve(new Uint8Array(1)));
  for (const id of ["a", "a", "b"]) await gate.pass(as(id), slow);
});
