import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadSocket } from "../../platform/socket.ts";
import { createListen } from "./listen.ts";

const enough = () => true;

test("only devices of the home's own network are listened to, and each look is counted", async () => {
  const heard: string[] = [];
  let spent = 0;
  const socket: ReadSocket = async ({ host, port }) => {
    heard.push(`${host} ${port}`);
    return new Uint8Array(3);
  };
  const raw: { readonly where: string; readonly text: string }[] = [];
  const listen = createListen({ socket, spend: () => spent++, onRaw: (one) => raw.push(one) });
  for (const host of ["meter.example.com", "8.8.8.8", "[2001:db8::1]"])
    await assert.rejects(listen({ host, port: 2001, enough }), { code: "bad_address" });
  assert.deepEqual([heard, spent], [[], 0]);
  for (const host of ["192.168.1.20", "p1meter.local", "p1meter", "[fe80::1]"])
    await listen({ host, port: 2001, enough });
  assert.deepEqual(heard, ["192.168.1.20 2001", "p1meter.local 2001", "p1meter 2001", "fe80::1 2001"]);
  assert.equal(spent, 4);
  assert.match(raw[0]?.text ?? "", /3 bytes, not kept/);
  assert.equal(raw[0]?.where, "192.168.1.20:2001");
});
