import assert from "node:assert/strict";
import { test } from "node:test";
import { keptServerId } from "./server-id.ts";

const settingsOf = (values: Map<string, unknown>) => ({
  get: (key: string) => values.get(key),
  set: (key: string, value: unknown) => void values.set(key, value),
  remove: (key: string) => void values.delete(key),
});

test("a hub has one id for good, and two hubs have two", () => {
  const values = new Map<string, unknown>();
  const first = keptServerId(settingsOf(values));
  assert.match(first, /^[0-9a-f]{32}$/);
  assert.equal(keptServerId(settingsOf(values)), first);
  assert.notEqual(keptServerId(settingsOf(new Map())), first);
});

test("what is no id any more is made anew", () => {
  const values = new Map<string, unknown>([["server_id", 5]]);
  assert.match(keptServerId(settingsOf(values)), /^[0-9a-f]{32}$/);
});
