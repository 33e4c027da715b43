import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Problem } from "../../errors.ts";
import type { AtAnswer, EventsAnswer, GapShape, HistoryAnswer } from "../../shapes/answers.ts";

const SECOND = 1_000_000;
const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("light.kitchen"));
await hub.addSeries(2, identity("sensor.old_name"));
for (let i = 20; i > 0; i--) {
  const time = TEST_TIME - i * SECOND;
  await hub.record([
    reading(1, i % 2 ? "on" : "off", { time, changed: time, attributes: { i } }),
    reading(2, `${i}`, { time, changed: time }),
  ]);
}
await hub.addSeries(2, identity("sensor.new_name"));
const gap = { from: TEST_TIME - 10 * SECOND, to: TEST_TIME - 9 * SECOND, cause: "disconnected" as const };
await hub.recordGaps([
  { ...gap, kind: "states", series: null },
  { ...gap, kind: "states", series: 2 },
  { ...gap, kind: "events", series: null },
]);
const [served] = await hub.recordEvents([
  { type: "call_service", time: TEST_TIME - SECOND, data: { a: 1 }, context: null, origin: "live" },
  { type: "other", time: TEST_TIME - SECOND, data: {}, context: null, origin: "live" },
]);

const get = async <T>(path: string): Promise<T> => {
  const answer = await hub.ask(`/api/v1/${path}`);
  assert.equal(answer.status, 200, path);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return (await answer.json()) as T;
};
const query = (body: object) =>
  hub.ask("/api/v1/history/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const problem = async (answer: Response) => {
  const { code, status, detail } = (await answer.json()) as Problem;
  return { code, status, detail };
};

test("without a window the answer is the last 24 hours, with the gaps that touch it", async () => {
  const answer = await get<HistoryAnswer>("history/light.kitchen");
  assert.equal(answer.to, microsToRfc3339(TEST_TIME));
  assert.equal(answer.from, microsToRfc3339(TEST_TIME - 86_400 * SECOND));
  assert.equal(answer.series[0]?.points?.length, 20);
  assert.deepEqual(
    answer.series[0]?.gaps.map(({ entity_id, cause }) => [entity_id, cause]),
    [[null, "disconnected"]],
  );
});

test("a name of today, one of before, and the series id all give the one history", async () => {
  const answers = await Promise.all(
    ["sensor.new_name", "sensor.old_name", "%232"].map((name) => get<HistoryAnswer>(`history/${name}`)),
  );
  for (const answer of answers) {
    assert.deepEqual(answer, answers[0]);
    assert.equal(answer.series[0]?.entity_id, "sensor.new_name");
    assert.equal(answer.series[0]?.points?.length, 20);
  }
});

test("parameters choose window, order, number, attributes and the form of times", async () => {
  const from = encodeURIComponent("2026-11-23T18:35:23.760001+01:00");
  const answer = await get<HistoryAnswer>(
    `history/light.kitchen?from=${from}&limit=2&order=newest_first&attributes=true&times=us`,
  );
  assert.deepEqual(answer.series[0]?.points, [
    [TEST_TIME - SECOND, "on", { i: 1 }],
    [TEST_TIME - 2 * SECOND, "off", { i: 2 }],
  ]);
  assert.ok(answer.next_cursor);
  const rest = await get<HistoryAnswer>(`history/light.kitchen?cursor=${answer.next_cursor}&times=us`);
  assert.deepEqual(rest.series[0]?.points, [[TEST_TIME - 3 * SECOND, "on"]]);
  assert.equal(rest.next_cursor, null);
});

test("a page that begins a day later still belongs to the window of its question", async () => {
  const first = await get<HistoryAnswer>("history/light.kitchen?limit=5");
  hub.clock.advance(86_400_000);
  const second = await get<HistoryAnswer>(`history/light.kitchen?limit=100&cursor=${first.next_cursor}`);
  hub.clock.advance(-86_400_000);
  assert.deepEqual([second.from, second.to], [first.from, first.to]);
  assert.equal(second.series[0]?.points?.length, 15);
});

test("a question about several entities answers in their order, names of one series once", async () => {
  const answer = (await (
    await query({ entities: ["sensor.old_name", "light.kitchen", "sensor.new_name"], form: "columns", limit: 30 })
  ).json()) as HistoryAnswer;
  assert.deepEqual(
    answer.series.map(({ entity_id, times, states }) => [entity_id, times?.length, states?.length]),
    [
      ["sensor.new_name", 20, 20],
      ["light.kitchen", 10, 10],
    ],
  );
  assert.ok(answer.next_cursor);
});

test("an entity that nobody knows, and a cursor of another question, are problems that say so", async () => {
  assert.deepEqual(await problem(await query({ entities: ["light.kitchen", "light.nowhere"] })), {
    code: "unknown_entity",
    status: 404,
    detail: "No entity is or was called light.nowhere",
  });
  const { next_cursor: cursor } = await get<HistoryAnswer>("history/light.kitchen?limit=1");
  for (const path of [
    `history/sensor.new_name?cursor=${cursor}`,
    `history/light.kitchen?cursor=${cursor}&order=newest_first`,
    `history/light.kitchen?cursor=${(cursor as string).slice(1)}`,
    `events?cursor=${cursor}`,
    "events?cursor=",
  ]) {
    const { code, detail } = await problem(await hub.ask(`/api/v1/${path}`));
    assert.equal(code, "invalid_request", path);
    assert.match(detail, /^cursor: /, path);
  }
});

test("events come by type with the holes in them, and each by its id", async () => {
  const { events, gaps, next_cursor } = await get<EventsAnswer>("events?type=call_service&type=none");
  assert.deepEqual(
    events.map(({ id, type, data }) => [id, type, data]),
    [[served?.position, "call_service", { a: 1 }]],
  );
  assert.deepEqual(
    gaps.map(({ kind }) => kind),
    ["events"],
  );
  assert.equal(next_cursor, null);
  assert.deepEqual(await get(`events/${served?.position}`), events[0]);
  for (const id of ["1", "999999", "abc", "-1", "1e3"])
    assert.equal((await problem(await hub.ask(`/api/v1/events/${id}`))).code, "not_found", id);
});

test("gaps are listed by window, kind and entity", async () => {
  const gaps = async (parameters: string) =>
    (await get<{ gaps: GapShape[] }>(`gaps${parameters}`)).gaps.map(({ kind, entity_id }) => `${kind} ${entity_id}`);
  assert.deepEqual(await gaps(""), ["states null", "states sensor.new_name", "events null"]);
  assert.deepEqual(await gaps("?kind=events"), ["events null"]);
  assert.deepEqual(await gaps("?entity=sensor.old_name"), ["states null", "states sensor.new_name"]);
  assert.deepEqual(await gaps("?entity=light.kitchen"), ["states null"]);
  assert.deepEqual(await gaps("?to=2026-11-23T00:00:00Z"), []);
});

const post = async (path: string, body: object) =>
  hub.ask(`/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("the states at a moment are those of every entity there is, or of those named; the future is refused", async () => {
  const time = microsToRfc3339(TEST_TIME - 3 * SECOND);
  const all = (await (await post("history/at", { time })).json()) as AtAnswer;
  assert.deepEqual(
    all.states.map(({ entity_id, state, time: of, known }) => [entity_id, state, of, known]),
    [
      ["light.kitchen", "on", time, true],
      ["sensor.new_name", "3", time, true],
    ],
  );
  const one = await post("history/at", { time, entities: ["sensor.old_name", "sensor.new_name"], attributes: true });
  assert.deepEqual(((await one.json()) as AtAnswer).states.length, 1);
  assert.deepEqual(await problem(await post("history/at", { time: "2100-01-01T00:00:00Z" })), {
    code: "invalid_request",
    status: 400,
    detail: "time: has not come yet",
  });
});

test("max_points chooses among the readings, and is refused where it is too small to mean anything", async () => {
  const answer = (await (await post("history/query", { entities: ["#2"], max_points: 10 })).json()) as HistoryAnswer;
  assert.deepEqual(answer.series[0]?.sampled, { of: 20, method: "peaks", complete: false });
  assert.deepEqual([answer.series[0]?.points?.[0]?.[1], answer.series[0]?.points?.at(-1)?.[1]], ["20", "1"]);
  const refused = await hub.ask("/api/v1/history/light.kitchen?max_points=3");
  assert.match((await problem(refused)).detail, /max_points: is below 10/);
});

test("events are found by what stands in them, entities by any name they had", async () => {
  await hub.recordEvents([
    {
      type: "call_service",
      time: TEST_TIME - SECOND,
      data: { entity_id: "sensor.old_name", note: "Frühstück" },
      context: { id: "c", parentId: null, userId: "u" },
      origin: "live",
    },
  ]);
  const found = async (body: object) => ((await (await post("events/search", body)).json()) as EventsAnswer).events;
  assert.equal((await found({ entities: ["sensor.new_name"] })).length, 1);
  assert.equal((await found({ text: "frühstück  CALL", user: "u", context: "c" })).length, 1);
  assert.equal((await found({ text: "frühstück", types: ["other"] })).length, 0);
  assert.equal((await post("events/search", { entities: ["light.nowhere"] })).status, 404);
});
