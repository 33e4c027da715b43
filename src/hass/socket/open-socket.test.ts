import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import type { Failure } from "../../domain/failure.ts";
import { type Clock, systemClock } from "../../platform/time/clock.ts";
import { openSocket } from "./open-socket.ts";

const open = (url: string, clock: Clock = systemClock): Promise<Failure> =>
  openSocket({
    url,
    token: "a-token-of-twenty-characters",
    clock,
    onEntities: () => {},
    onServerTime: () => {},
    onMalformed: () => {},
    onClose: () => {},
  }).then(
    () => assert.fail("it was let in"),
    (failure: Failure) => failure,
  );

async function listening(t: TestContext, server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/websocket`;
}

test("an address that refuses says why, and what to do about it", async (t) => {
  let status = 403;
  const server = createServer().on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  const url = await listening(t, server);
  for (const [answer, code, fix] of [
    [403, "cannot_connect", /ip_bans\.yaml/],
    [404, "cannot_connect", /check the address and its path/],
    [500, "cannot_connect", /Check that Home Assistant is running/],
    [502, "unreachable", /Check that Home Assistant is running/],
    [503, "unreachable", /Check that Home Assistant is running/],
  ] as const) {
    status = answer;
    const failure = await open(url);
    assert.equal(failure.code, code);
    assert.match(failure.message, new RegExp(`${answer}`));
    assert.match(failure.fix ?? "", fix);
    assert.equal(failure.message.includes("a-token"), false);
  }
});

const answering = (server: ReturnType<typeof createServer>, answer: (ws: WebSocket) => void) =>
  server.on("upgrade", (request, socket, head) =>
    new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, answer),
  );
const dropping = () => createTcpServer((socket) => socket.on("error", () => {}).resetAndDestroy());
const silent = () => createTcpServer((socket) => void socket.on("error", () => {}));

test("nobody there is told from somebody who answers wrongly", async (t) => {
  const gone = createTcpServer();
  const nobody = await listening(t, gone);
  gone.close();
  const codes: string[] = [];
  for (const url of [
    nobody,
    "ws://nowhere.invalid/api/websocket",
    await listening(t, dropping()),
    await listening(
      t,
      answering(createServer(), (ws) => ws.close()),
    ),
  ])
    codes.push((await open(url)).code);
  assert.deepEqual(codes, ["unreachable", "unreachable", "unreachable", "cannot_connect"]);
});

test("who takes a connection and says nothing is not there; who stops after a greeting is", async (t) => {
  const clock = createTestClock();
  const never = open(await listening(t, silent()), clock);
  clock.advance(15_000);
  assert.equal((await never).code, "unreachable");

  const greeted = Promise.withResolvers<unknown>();
  const server = answering(createServer(), (ws) => {
    ws.once("message", greeted.resolve);
    ws.send('{"type":"auth_required"}');
  });
  const half = open(await listening(t, server), clock);
  await greeted.promise;
  clock.advance(15_000);
  assert.equal((await half).code, "cannot_connect");
});
