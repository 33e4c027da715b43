import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../tests/support/test-clock.ts";
import type { Context } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import { timeOfContext, widened, windowAround } from "./links.ts";
import type { TraceAnswer } from "./trace.ts";

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An id as Home Assistant makes them: the time in milliseconds, then chance. */
function ulid(time: Micros, rest: string): string {
  let millis = Math.floor(time / 1000);
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = ALPHABET[millis % 32] + text;
    millis = Math.floor(millis / 32);
  }
  return text + rest.padStart(16, "0");
}

const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("binary_sensor.door"));
await hub.addSeries(2, identity("light.hall"));
await hub.addSeries(3, identity("sensor.power"));

const context = (
  time: Micros,
  rest: string,
  parentId: string | null = null,
  userId: string | null = null,
): Context => ({
  id: ulid(time, rest),
  parentId,
  userId,
});
/** The door opens; four hours later an automation that waited switches the light; a second one follows the light. */
const opened = TEST_TIME - 20 * HOUR;
const ran = opened + 4 * HOUR;
const door = context(opened, "A");
const automation = context(ran, "B", door.id);
const follower = context(ran + SECOND, "C", automation.id);
const stranger = context(opened + SECOND, "D", null, "user");
const event = (type: string, time: Micros, of: Context) => ({
  type,
  time,
  data: { type },
  context: of,
  origin: "live" as const,
});
await hub.record([reading(1, "on", { time: opened, context: door })]);
await hub.record([reading(2, "other", { time: opened + SECOND, context: stranger })]);
await hub.recordEvents([event("automation_triggered", ran, automation), event("call_service", ran + 1, automation)]);
await hub.record([reading(2, "on", { time: ran + 2, context: automation })]);
await hub.recordEvents([event("automation_triggered", ran + SECOND, follower)]);
await hub.record([reading(3, "12", { time: ran + SECOND + 1, context: follower })]);

const ask = async (id: string, query = ""): Promise<TraceAnswer> => {
  const answer = await hub.ask(`/api/v1/events/trace/${id}${query}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as TraceAnswer;
};
const told = ({ entries }: TraceAnswer) =>
  entries.map((entry) => (entry.kind === "change" ? `${entry.entity_id}=${entry.state}` : entry.type));

const WHOLE = [
  "binary_sensor.door=on",
  "automation_triggered",
  "call_service",
  "light.hall=on",
  "automation_triggered",
  "sensor.power=12",
];

test("a context's causes and effects are found, and what was recorded under each, in order", async () => {
  const trace = await ask(automation.id);
  assert.deepEqual(
    trace.contexts.map(({ id, relation, depth, parent_id }) => [id, relation, depth, parent_id]),
    [
      [automation.id, "asked", 0, door.id],
      [door.id, "cause", 1, null],
      [follower.id, "effect", 1, automation.id],
    ],
  );
  assert.deepEqual(told(trace), WHOLE, "the door, four hours before, was found by the time in its id");
  assert.equal(trace.complete, true);
});

test("from a cause all its effects are reached, and from an effect all its causes, nothing else", async () => {
  assert.deepEqual(told(await ask(door.id)), WHOLE);
  assert.deepEqual(told(await ask(follower.id)), WHOLE);
  const own = await ask(stranger.id);
  assert.deepEqual(told(own), ["light.hall=other"]);
  assert.equal(own.contexts[0]?.user_id, "user");
});

test("depth and limit bound the answer, which says so", async () => {
  const near = await ask(door.id, "?depth=1");
  assert.deepEqual(told(near), WHOLE.slice(0, 4));
  assert.equal(near.complete, false);
  const few = await ask(door.id, "?limit=2");
  assert.deepEqual(told(few), WHOLE.slice(0, 2));
  assert.equal(few.complete, false);
});

test("a window that is given is kept to, and a context outside it is not found", async () => {
  const from = new Date((ran - SECOND) / 1000).toISOString();
  assert.deepEqual(told(await ask(automation.id, `?from=${from}`)), WHOLE.slice(1));
  const missing = await hub.ask(
    `/api/v1/events/trace/${stranger.id}?to=${new Date(opened / 1000 - 1000).toISOString()}`,
  );
  assert.equal(missing.status, 404);
  for (const id of ["none", "%00", ulid(TEST_TIME + 400 * HOUR, "F"), "7".padEnd(26, "Z")])
    assert.equal((await hub.ask(`/api/v1/events/trace/${id}`)).status, 404, id);
});

test("contexts that name each other in a ring end the search", async () => {
  const [one, two] = [context(ran, "R1", ulid(ran, "R2")), context(ran, "R2", ulid(ran, "R1"))];
  await hub.record([reading(1, "a", { time: ran, context: one }), reading(1, "b", { time: ran + 1, context: two })]);
  assert.deepEqual(told(await ask(one.id)), ["binary_sensor.door=a", "binary_sensor.door=b"]);
});

test("the time of an id is its first ten characters, and anything else has none", () => {
  assert.equal(timeOfContext(ulid(TEST_TIME, "X")), Math.floor(TEST_TIME / 1000) * 1000);
  for (const id of ["", "8".padEnd(26, "0"), "0".repeat(25), "0".repeat(27), "U".repeat(26), "é".repeat(26)])
    assert.equal(timeOfContext(id), undefined, id);
  const day = { from: TEST_TIME - 24 * HOUR, to: TEST_TIME };
  assert.deepEqual(windowAround("no ulid", TEST_TIME), day);
  assert.deepEqual(windowAround(ulid(TEST_TIME + 48 * HOUR, "X"), TEST_TIME), day);
  const old = [ulid(TEST_TIME - 300 * 24 * HOUR, "X")];
  assert.equal(widened(day, old, ulid(TEST_TIME, "X"))?.from, Math.floor(TEST_TIME / 1000) * 1000 - 7 * 24 * HOUR);
  assert.equal(widened(day, [ulid(TEST_TIME - HOUR, "X")], ulid(TEST_TIME, "X")), undefined);
});
