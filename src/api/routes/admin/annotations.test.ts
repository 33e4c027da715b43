import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { AnnotationShape, HistoryAnswer } from "../../shapes/answers.ts";

const MINUTE = 60_000_000;
const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("light.kitchen"));
await hub.addSeries(2, identity("sensor.power"));
await hub.record([reading(1, "on", { time: TEST_TIME - MINUTE }), reading(2, "5", { time: TEST_TIME - MINUTE })]);
const at = (minutes: number) => microsToRfc3339(TEST_TIME + minutes * MINUTE);

const add = async (body: object): Promise<AnnotationShape> => {
  const answer = await hub.ask("/api/v1/annotations", {
    method: "POST",
    scope: "write",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()) as AnnotationShape;
};
const texts = async (query = "") => {
  const answer = await hub.ask(`/api/v1/annotations${query}`);
  return ((await answer.json()) as { annotations: AnnotationShape[] }).annotations.map(({ text }) => text);
};

const lamp = await add({ text: "New lamp", from: at(-30), entities: ["light.kitchen", "#1"], tags: ["repair"] });
const party = await add({ text: "Party — “Grüße” 🎉", from: at(-20), to: at(-10) });
const now = await add({ text: "Now" });

test("a note keeps its text, time, entities, tags and author", () => {
  const { id, created, ...rest } = lamp;
  assert.match(id, /^[\w-]{12}$/);
  assert.equal(created, at(0));
  assert.deepEqual(rest, {
    from: at(-30),
    to: null,
    text: "New lamp",
    entities: [{ entity_id: "light.kitchen", series: 1 }],
    tags: ["repair"],
    created_by: "a write test",
  });
  assert.deepEqual([party.to, now.from], [at(-10), at(0)]);
});

test("notes are found where they touch a window, and by whom they concern", async () => {
  const between = (from: number, to: number) => `?from=${at(from)}&to=${at(to)}`;
  assert.deepEqual(await texts(), ["New lamp", party.text, "Now"]);
  assert.deepEqual(await texts(between(-15, -14)), [party.text]);
  assert.deepEqual(await texts(between(-10, -5)), [], "a note ends before its to");
  assert.deepEqual(await texts(between(-30, -29)), ["New lamp"]);
  assert.deepEqual(await texts(between(-31, -30)), []);
  assert.deepEqual(await texts("?entity=sensor.power"), [party.text, "Now"]);
});

test("history shows the notes of its entities on request", async () => {
  const one = (await (await hub.ask("/api/v1/history/sensor.power?annotations=true")).json()) as HistoryAnswer;
  assert.deepEqual(
    one.annotations?.map(({ text }) => text),
    [party.text],
  );
  const answer = await hub.ask("/api/v1/history/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ entities: ["light.kitchen"], annotations: true }),
  });
  assert.deepEqual(((await answer.json()) as HistoryAnswer).annotations, [lamp, party]);
  assert.equal("annotations" in ((await (await hub.ask("/api/v1/history/sensor.power")).json()) as object), false);
});

test("a deleted note is gone, and deleting it again says so", async () => {
  const remove = (scope: "read" | "write") => hub.ask(`/api/v1/annotations/${now.id}`, { method: "DELETE", scope });
  assert.equal((await remove("read")).status, 403);
  assert.equal((await remove("write")).status, 204);
  assert.equal((await remove("write")).status, 404);
  assert.deepEqual(await texts(), ["New lamp", party.text]);
});
