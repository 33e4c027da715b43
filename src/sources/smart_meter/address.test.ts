import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { addressOf, LIVE_ENTRIES, LIVE_TOO_OLD_MS } from "./address.ts";

test("a reader is a page or a port of the home's own network, and nothing else", () => {
  assert.deepEqual(addressOf("http://192.168.1.20/api/v1/telegram"), { url: "http://192.168.1.20/api/v1/telegram" });
  assert.deepEqual(addressOf("http://p1.local:8080/"), { url: "http://p1.local:8080/" });
  assert.deepEqual(addressOf("192.168.1.20:2001"), { host: "192.168.1.20", port: 2001 });
  assert.deepEqual(addressOf("tcp://slimmelezer.local:8088"), { host: "slimmelezer.local", port: 8088 });
  assert.deepEqual(addressOf("[fe80::1]:23"), { host: "[fe80::1]", port: 23 });
  for (const wrong of [
    "",
    "meter",
    "8.8.8.8:23",
    "http://example.com/",
    "192.168.1.20:0",
    "192.168.1.20:70000",
    "ftp://meter/x",
  ])
    assert.equal(addressOf(wrong), undefined, wrong);
  const settings = v.strictObject(LIVE_ENTRIES);
  assert.deepEqual(v.parse(settings, { address: " p1:23 " }), { address: "p1:23", every: 30, phases: false });
  assert.ok(!v.safeParse(settings, { address: "p1:23", every: 1 }).success);
  // A value is too old after five minutes: two looks may fail before that.
  assert.ok(v.safeParse(settings, { address: "p1:23", every: LIVE_TOO_OLD_MS / 2_500 }).success);
  assert.ok(!v.safeParse(settings, { address: "p1:23", every: LIVE_TOO_OLD_MS / 2_000 }).success);
});
