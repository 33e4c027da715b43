import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Failure } from "../../domain/failure.ts";
import { systemClock } from "../../platform/clock.ts";
import { openSocket } from "./open-socket.ts";

const open = (url: string): Promise<Failure> =>
  openSocket({
    url,
    token: "a-token-of-twenty-characters",
    clock: systemClock,
    onEntities: () => {},
    onServerTime: () => {},
    onMalformed: () => {},
    onClose: () => {},
  }).then(
    () => assert.fail("it was let in"),
    (failure: Failure) => failure,
  );

test("an address that refuses says why, and what to do about it", async (t) => {
  let status = 403;
  const server = createServer().on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/websocket`;
  for (const [answer, fix] of [
    [403, /ip_bans\.yaml/],
    [404, /check the address and its path/],
    [502, /Check that Home Assistant is running/],
  ] as const) {
    status = answer;
    const failure = await open(url);
    assert.equal(failure.code, "cannot_connect");
    assert.match(failure.message, new RegExp(`${answer}`));
    assert.match(failure.fix ?? "", fix);
    assert.equal(failure.message.includes("a-token"), false);
  }
});
