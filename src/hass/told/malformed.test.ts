import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "../../platform/told/log.ts";
import { createMalformedCounter } from "./malformed.ts";

test("what cannot be used is counted by reason, whatever entity it is about, and logged once a reason", () => {
  const lines: unknown[] = [];
  const log = { warning: (_message: string, figures: unknown) => void lines.push(figures) } as unknown as Log;
  let told = 0;
  const counter = createMalformedCounter(log, () => told++);
  for (const why of [
    "a binary frame",
    "sensor.a: a difference without a time",
    "sensor.b: a difference without a time",
  ])
    counter.count(why);
  assert.deepEqual(counter.figures(), {
    malformed_frames: 3,
    malformed_binary_frame: 1,
    malformed_difference_without_a_time: 2,
  });
  assert.deepEqual([lines.length, told], [2, 3]);
});

test("a flood of reasons does not become a flood of figures", () => {
  const counter = createMalformedCounter({ warning: () => {} } as unknown as Log, () => {});
  for (let i = 0; i < 500; i++) counter.count("x".repeat(i + 1));
  const figures = counter.figures();
  assert.ok(Object.keys(figures).length <= 42);
  assert.equal(figures.malformed_other, 460);
});
