import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createLimiter } from "./limiter.ts";

test("more addresses than a home has do not fill the memory: the oldest is forgotten first", () => {
  const limiter = createLimiter({ clock: createTestClock() });
  for (let i = 0; i < 21; i++) limiter.fail("first");
  assert.equal(limiter.fail("first"), 60);
  for (let i = 0; i < 999; i++) limiter.fail(`other ${i}`);
  assert.equal(limiter.fail("first"), 60);
  limiter.fail("one more");
  assert.equal(limiter.fail("first"), undefined);
});
