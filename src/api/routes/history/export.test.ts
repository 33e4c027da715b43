import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseCsv } from "../../../../tests/support/data/csv.ts";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import { MOST_EXPORTS } from "../../limits/policies.ts";

const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("light.kitchen", { areaId: "kitchen" }));
await hub.addSeries(2, identity("sensor.old_name"));
await hub.addSeries(3, identity("sensor.gone", { holdsName: false }));
for (const id of [1, 2, 3]) await hub.record([reading(id, `of ${id}`)]);
await hub.addSeries(2, identity("sensor.new_name"));
await hub.addSeries(4, identity("sensor.long"));
await hub.record(
  Array.from({ length: 30_000 }, (_, i) => reading(4, `${"x".repeat(100)}${i}`, { time: TEST_TIME + i })),
);
await hub.recordEvents([{ type: "a", time: TEST_TIME, data: { a: 1 }, context: null, origin: "live" }]);

const get = async (query: string) => {
  const answer = await hub.ask(`/api/v1/export?${query}`);
  return { answer, text: await answer.text() };
};
const post = (body: object) =>
  hub.ask("/api/v1/export", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const names = (text: string) => [
  ...new Set(
    text
      .trimEnd()
      .split("\n")
      .flatMap((line) => JSON.parse(line).entity_id ?? []),
  ),
];

test("an export is a download with a name, its type and no cache", async () => {
  const { answer, text } = await get(`format=csv&entity=light.kitchen&to=${microsToRfc3339(TEST_TIME + 1)}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  const day = microsToRfc3339(TEST_TIME).slice(0, 10);
  assert.equal(
    answer.headers.get("content-disposition"),
    `attachment; filename="ha-ingestor-readings-beginning-${day}.csv"`,
  );
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.ok(answer.headers.get("x-request-id"));
  assert.deepEqual(parseCsv(text).slice(0, 2), [
    ["entity_id", "time", "state"],
    ["light.kitchen", microsToRfc3339(TEST_TIME), "of 1"],
  ]);
  const head = await hub.ask("/api/v1/export", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.match(head.headers.get("content-disposition") ?? "", /\.ndjson"$/);
  assert.equal(hub.exchange.running, 0);
});

test("entities are chosen by name, former name, series id, pattern and filter, and all are the default", async () => {
  const asked = async (query: string) => names((await get(query)).text);
  assert.deepEqual(await asked(""), ["light.kitchen", "sensor.new_name", "sensor.gone", "sensor.long"]);
  assert.deepEqual(await asked("removed=false"), ["light.kitchen", "sensor.new_name", "sensor.long"]);
  assert.deepEqual(await asked("entity=sensor.old_name&entity=%231"), ["sensor.new_name", "light.kitchen"]);
  assert.deepEqual(await asked("entity=sensor.*n*"), ["sensor.new_name", "sensor.gone", "sensor.long"]);
  assert.deepEqual(await asked("area=kitchen"), ["light.kitchen"]);
  assert.deepEqual(await asked("domain=sensor&entity=light.*"), []);
  const body = { entities: ["sensor.g*"], kinds: ["readings", "events"], times: "us" };
  const lines = (await (await post(body)).text()).trimEnd().split("\n");
  assert.deepEqual(lines, [
    `{"kind":"reading","entity_id":"sensor.gone","time":${TEST_TIME},"state":"of 3"}`,
    `{"kind":"event","id":${JSON.parse(lines[1] ?? "").id},"time":${TEST_TIME},"type":"a","data":{"a":1},"context":null,"origin":"live"}`,
    '{"kind":"end","readings":1,"events":1,"statistics":0,"gaps":0,"rolled_up":0,"damaged":0,"from":null,"to":null}',
  ]);
});

test("what cannot be exported is a problem that says why", async () => {
  const code = async (query: string) => {
    const { answer, text } = await get(query);
    return [answer.status, JSON.parse(text).code];
  };
  assert.deepEqual(await code("entity=light.none"), [404, "unknown_entity"]);
  assert.deepEqual(await code("format=xml"), [400, "invalid_request"]);
  assert.deepEqual(await code("format=csv&kind=readings&kind=events"), [400, "invalid_request"]);
  assert.deepEqual(await code("column=time&column=type"), [400, "invalid_request"]);
  assert.deepEqual(await code("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"), [400, "invalid_request"]);
  assert.equal((await hub.app.request("/api/v1/export")).status, 401);
});

test("past its share a caller is asked to wait, and has it back as soon as an export ends or is left", async () => {
  const bodies: ReadableStream<Uint8Array>[] = [];
  for (let i = 0; i < MOST_EXPORTS.caller; i++)
    bodies.push((await hub.ask("/api/v1/export?column=state")).body as ReadableStream<Uint8Array>);
  const refused = await hub.ask("/api/v1/export");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "1");
  // Questions about the past have their own share.
  assert.equal((await hub.ask("/api/v1/history/light.kitchen")).status, 200);
  await bodies[0]?.cancel();
  const again = await hub.ask("/api/v1/export");
  assert.equal(again.status, 200);
  await Promise.all([again.text(), bodies[1] && new Response(bodies[1]).text()]);
  assert.match((await get("entity=light.kitchen")).text, /"kind":"end"/);
});
