import assert from "node:assert/strict";
import { test } from "node:test";
import { deadlineOf, FIRST_RUN, MINUTES, type RunDraft, stagesOf, WATTS, wrongWhole } from "./run.ts";

const programme: RunDraft = {
  way: "stages",
  stages: [
    { minutes: "20", watts: "2100" },
    { minutes: " 70 ", watts: "-180" },
  ],
};

test("a programme asks for all its stages, any other run for one", () => {
  assert.deepEqual(stagesOf(programme), [
    { minutes: 20, watts: 2100 },
    { minutes: 70, watts: -180 },
  ]);
  assert.deepEqual(stagesOf({ ...programme, way: "pauses" }), [{ minutes: 20, watts: 2100 }]);
  assert.deepEqual(stagesOf(FIRST_RUN), [{ minutes: 120, watts: 1000 }]);
});

test("nothing is asked for while a number cannot be right; a stage that does not count is not looked at", () => {
  const wrong = { ...programme, stages: [...programme.stages, { minutes: "", watts: "5" }] };
  assert.equal(stagesOf(wrong), null);
  assert.deepEqual(stagesOf({ ...wrong, way: "steady" })?.length, 1);
});

test("numbers are whole and within what the hub takes", () => {
  assert.equal(wrongWhole("an hour", MINUTES), "number");
  assert.equal(wrongWhole("1.5", MINUTES), "number");
  assert.equal(wrongWhole("0", MINUTES), "range");
  assert.equal(wrongWhole("10081", MINUTES), "range");
  assert.equal(wrongWhole("10080", MINUTES), undefined);
  assert.equal(wrongWhole("-100001", WATTS), "range");
});

test("a deadline is told in the reader's own zone, and none where the field is empty", () => {
  assert.equal(deadlineOf("2026-11-27T06:30"), new Date(2026, 10, 27, 6, 30).toISOString());
  assert.equal(deadlineOf(""), undefined);
  assert.equal(deadlineOf("tomorrow"), undefined);
});
