import assert from "node:assert/strict";
import { test } from "node:test";
import { createThrottle } from "./throttle.ts";

const watched = () => {
  const calls: string[] = [];
  return { calls, throttle: createThrottle({ pause: () => calls.push("pause"), resume: () => calls.push("resume") }) };
};

test("reading stops while too much waits, and goes on afterwards", () => {
  const { calls, throttle } = watched();
  throttle.crowded(true);
  throttle.crowded(true);
  throttle.crowded(false);
  assert.deepEqual(calls, ["pause", "resume"]);
});

test("an answer that is awaited is read for, however much waits, and whether it comes or fails", async () => {
  const { calls, throttle } = watched();
  throttle.crowded(true);
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const answers = [throttle.during(first.promise), throttle.during(second.promise)];
  assert.deepEqual(calls, ["pause", "resume"]);
  first.resolve("answer");
  assert.equal(await answers[0], "answer");
  assert.deepEqual(calls, ["pause", "resume"]);
  second.reject(new Error("none"));
  await assert.rejects(answers[1] as Promise<string>, /none/);
  assert.deepEqual(calls, ["pause", "resume", "pause"]);
});

test("an answer with nothing waiting changes nothing", async () => {
  const { calls, throttle } = watched();
  await throttle.during(Promise.resolve());
  assert.deepEqual(calls, []);
});
