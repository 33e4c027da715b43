import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { openLive } from "../../../tests/support/hub/live-client.ts";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../tests/support/test-clock.ts";
import type { Failure } from "../../domain/failure.ts";
import { startServer } from "./server.ts";

const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("sensor.long"));
await hub.record(
  Array.from({ length: 30_000 }, (_, i) => reading(1, `${"x".repeat(200)}${i}`, { time: TEST_TIME - 60_000 + i })),
);
const bearer = { authorization: `Bearer ${hub.tokenOf("read")}` };
const start = (more: { port?: number; drainMs?: number } = {}) =>
  startServer({ ...hub, host: "127.0.0.1", port: 0, ...more });

/** Sends bytes and answers with everything that comes back until the connection ends. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end(text);
  let answer = "";
  socket.on("data", (data) => {
    answer += String(data);
  });
  await once(socket, "close");
  return answer;
}

test("a long answer reaches a client that reads it slowly, whole", async () => {
  const server = await start();
  const answer = await fetch(new URL("api/v1/history/sensor.long?limit=100000", server.url), { headers: bearer });
  let size = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body as ReadableStream<Uint8Array>) {
    size += chunk.length;
    chunks.push(chunk);
    await setImmediate();
  }
  assert.ok(size > 6_000_000);
  const { series } = JSON.parse(Buffer.concat(chunks).toString()) as { series: { points: unknown[] }[] };
  assert.equal(series[0]?.points.length, 30_000);
  assert.equal(hub.history.running, 0);
  await server.close();
});

test("a client that leaves in the middle of an answer ends its reading", async () => {
  const server = await start();
  const abort = new AbortController();
  const answer = await fetch(new URL("api/v1/history/sensor.long?limit=100000", server.url), {
    headers: bearer,
    signal: abort.signal,
  });
  await answer.body?.getReader().read();
  assert.equal(hub.history.running, 1);
  abort.abort();
  while (hub.history.running > 0) await setImmediate();
  await server.close();
});

test("an upgrade that is refused gets the problem with its body", async () => {
  const server = await start();
  const upgrade = (path: string, headers: string) =>
    raw(
      server.url,
      `GET ${path} HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`,
    );
  const wrong = await upgrade("/api/v1/live", "Authorization: Bearer hi_wrong\r\n");
  assert.match(wrong, /^HTTP\/1\.1 401 /);
  assert.match(wrong, /"code":"unauthorized"/);
  assert.match(wrong, /x-request-id: /);
  assert.match(await upgrade("/api/v1/live?token=abc", ""), /"code":"token_in_query"/);
  assert.match(await upgrade("/api/v1/states", `Authorization: ${bearer.authorization}\r\n`), /^HTTP\/1\.1 200 /);
  assert.match(await upgrade("/nowhere", ""), /"code":"not_found"/);
  await server.close();
});

test("bytes that are no HTTP end the connection and nothing else", async () => {
  const server = await start();
  assert.match(await raw(server.url, "\x16\x03\x01 not http\r\n\r\n"), /^HTTP\/1\.1 400 /);
  assert.match(await raw(server.url, "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n"), /^HTTP\/1\.1 400 /);
  const answer = await fetch(new URL("health", server.url));
  assert.equal(answer.status, 200);
  await server.close();
});

test("a port that is taken is a failure that says so", async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  await assert.rejects(start({ port }), (error: Failure) => {
    assert.equal(error.code, "port_unavailable");
    assert.match(error.message, new RegExp(`127.0.0.1:${port}.*uses the port`));
    return true;
  });
  await server.close();
});

test("closing tells live clients why, lets a running answer finish, and takes no new connection", async () => {
  const own = startTestHub();
  after(() => own.close());
  const server = await startServer({ ...own, host: "127.0.0.1", port: 0 });
  const live = await openLive(server.url, { authorization: `Bearer ${own.tokenOf("read")}` });
  await live.next();
  const closing = server.close();
  const last = await live.next();
  assert.deepEqual([last.type, last.code], ["error", "not_ready"]);
  assert.equal(await live.closed, 1001);
  await closing;
  await assert.rejects(fetch(new URL("health", server.url)));
  assert.equal(own.bus.listeners, 0);
});

test("a client that never lets go is cut off when its time is over", async () => {
  const server = await start({ drainMs: 1_000 });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => {});
  let isClosed = false;
  const closed = new Promise<void>((resolve) =>
    socket.on("close", () => {
      isClosed = true;
      resolve();
    }),
  );
  socket.write(
    `GET /api/v1/history/sensor.long?limit=100000 HTTP/1.1\r\nHost: hub\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
  );
  await once(socket, "readable");
  const closing = server.close();
  hub.clock.advance(999);
  await setImmediate();
  assert.equal(isClosed, false);
  hub.clock.advance(1);
  socket.resume();
  await Promise.all([closing, closed]);
});

test("a spare connection that never asked for anything does not hold up closing", async () => {
  // The test clock stands still: only a socket that is let go at once lets this end.
  const server = await start();
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  // An answer on another connection shows that the server has taken the spare one before it.
  await (await fetch(new URL("health", server.url))).text();
  const closed = once(socket, "close");
  await server.close();
  await closed;
});

test("an address that is too long and what is no HTTP at all get a problem, not a bare number", async () => {
  const server = await start();
  const url = new URL("api/v1/info", server.url);
  // Also where the connection has carried answers before.
  for (let i = 0; i < 2; i++) assert.equal((await fetch(url, { headers: bearer })).status, 200);
  const long = await fetch(`${url}?q=${"x".repeat(20_000)}`);
  assert.equal(long.status, 431);
  assert.equal(long.headers.get("content-type"), "application/problem+json");
  assert.equal(((await long.json()) as { code: string }).code, "address_too_long");
  const socket = connect(Number(url.port), "127.0.0.1");
  socket.write("this is no HTTP\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  assert.match(answer, /^HTTP\/1.1 400 Bad Request\r\n/);
  assert.match(answer, /"code":"invalid_request"/);
  await server.close();
});
