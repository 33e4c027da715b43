import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import { Failure } from "../../domain/failure.ts";
import { createRecorderLook } from "./unrecorded.ts";

const MINUTE = 60_000_000;
const entity = (entityId: string, state: string, ago: number, since = TEST_TIME - 60 * MINUTE) => ({
  entityId,
  since,
  latest: { time: TEST_TIME - ago * MINUTE, state },
});

test("what history knows nothing of, or only an older state, is not kept; what is too new is not judged", async () => {
  const asked: { entity_ids: string[]; start_time: string }[] = [];
  const { last, look } = createRecorderLook({
    clock: createTestClock(),
    longEnoughMs: 60_000,
    followed: () => [
      entity("sensor.kept", "5", 10),
      entity("sensor.never_kept", "5", 10),
      entity("sensor.empty", "5", 10),
      entity("sensor.no_longer_kept", "6", 10),
      entity("sensor.changes_all_the_time", "9", 0),
      entity("sensor.new", "1", 0, TEST_TIME),
    ],
    call: async (command) => {
      asked.push(command as never);
      return {
        "sensor.kept": [{ s: "5", lu: 1 }],
        "sensor.empty": [],
        "sensor.no_longer_kept": [{ s: "5", lu: 1 }],
        "sensor.changes_all_the_time": [{ s: "3", lu: 1 }],
      };
    },
  });
  assert.deepEqual(last(), { kind: "not_asked" });
  const found = await look();
  assert.deepEqual(found, {
    kind: "asked",
    asked: TEST_TIME,
    moment: TEST_TIME - MINUTE,
    lookedAt: 5,
    tooNew: 1,
    unrecorded: ["sensor.empty", "sensor.never_kept", "sensor.no_longer_kept"],
  });
  assert.equal(last(), found);
  assert.equal(asked[0]?.entity_ids.length, 5);
});

test("many entities are asked for a few at a time, and by one question at once", async () => {
  let calls = 0;
  const { look } = createRecorderLook({
    clock: createTestClock(),
    longEnoughMs: 60_000,
    followed: () => Array.from({ length: 120 }, (_, i) => entity(`sensor.s${i}`, "1", 10)),
    call: async () => {
      calls++;
      return {};
    },
  });
  const [one, other] = await Promise.all([look(), look()]);
  assert.equal(one, other);
  assert.equal(calls, 3);
});

test("a home that cannot be asked is no home that keeps everything", async () => {
  const { look } = createRecorderLook({
    clock: createTestClock(),
    longEnoughMs: 60_000,
    followed: () => [entity("sensor.a", "1", 10)],
    call: () => Promise.reject(new Failure("not_connected", "Home Assistant is not connected")),
  });
  const found = await look();
  assert.equal(found.kind, "failed");
  assert.match(JSON.stringify(found), /not connected/);
});
