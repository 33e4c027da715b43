import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { createSender } from "./sender.ts";

test("a client that asks on and reads nothing is let go before it fills the memory", async () => {
  const http = createServer().listen(0, "127.0.0.1");
  const server = new WebSocketServer({ server: http });
  await once(http, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const [[socket]] = (await Promise.all([once(server, "connection"), once(client, "open")])) as [[WebSocket], unknown];
  client.pause();
  const sender = createSender(socket, 8 * 1024 * 1024);
  const closed = once(socket, "close");
  const piece = "x".repeat(1024 * 1024);
  let sent = 0;
  while (socket.readyState === WebSocket.OPEN) {
    sender.send(piece);
    sent++;
    assert.ok(sent < 100);
  }
  assert.ok(sender.full);
  await closed;
  client.on("error", () => {});
  client.terminate();
  server.close();
  http.close();
});
