import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually } from "../../../../tests/support/eventually.ts";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { CorrectionsPreviewShape, ErasurePreviewShape, ReceiptShape } from "../../shapes/amending.ts";

const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("person.anna"));
await hub.addSeries(2, identity("light.hall"));
const at = (i: number) => TEST_TIME - 60_000_000 + i * 1_000_000;
await hub.record(Array.from({ length: 10 }, (_, i) => reading(1, `place ${i}`, { time: at(i), changed: at(i) })));
await hub.record(
  Array.from({ length: 10 }, (_, i) => reading(2, i % 2 ? "on" : "off", { time: at(i), changed: at(i) })),
);
await hub.recordEvents([
  { type: "call_service", time: at(3), data: { entity_id: ["person.anna"] }, context: null, origin: "live" },
  { type: "call_service", time: at(4), data: { entity_id: ["light.hall"] }, context: null, origin: "live" },
]);

const post = async <T>(path: string, body: unknown) => {
  const answer = await hub.ask(`/api/v1/${path}`, {
    method: "POST",
    scope: "admin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as T & { code?: string; detail?: string } };
};
const list = async <T>(path: string) => (await (await hub.ask(`/api/v1/${path}`, { scope: "admin" })).json()) as T;
const states = async (entity: string) =>
  (
    (await list<{ series: { points: [string, string][] }[] }>(`history/${entity}?from=${microsToRfc3339(at(-1))}`))
      .series[0]?.points ?? []
  ).map(([, state]) => state);

test("a correction is shown before it is made, then told by every answer, and done once", async () => {
  const corrections = [
    { entity: "light.hall", time: microsToRfc3339(at(2)), state: "dimmed" },
    { entity: "light.hall", time: microsToRfc3339(at(3)), remove: true },
  ];
  const { body: preview } = await post<CorrectionsPreviewShape>("corrections/preview", { corrections });
  assert.deepEqual(
    preview.corrections.map(({ before, after }) => [before[0]?.state, after?.state]),
    [
      ["off", "dimmed"],
      ["on", undefined],
    ],
  );
  assert.equal((await states("light.hall")).length, 10, "nothing has changed");
  const done = await post<{ id: string }>("corrections", { plan: preview.plan });
  assert.equal(done.status, 200);
  assert.deepEqual((await states("light.hall")).slice(0, 4), ["off", "on", "dimmed", "off"]);
  assert.equal((await post("corrections", { plan: preview.plan })).body.code, "action_unavailable");
  const { corrections: told } = await list<{ corrections: { id: string; readings: { what: string }[] }[] }>(
    "corrections",
  );
  assert.deepEqual(
    told[0]?.readings.map(({ what }) => what),
    ["replaced", "removed"],
  );
  assert.ok(
    !JSON.stringify(hub.database.settings.get("amendments")).includes("dimmed"),
    "what it says is kept nowhere else",
  );
});

test("a correction of what is not there, or of nothing, is refused with its place", async () => {
  const time = microsToRfc3339(at(2) + 1);
  assert.equal(
    (await post("corrections/preview", { corrections: [{ entity: "light.hall", time, state: "x" }] })).body.code,
    "not_found",
  );
  const twice = { entity: "light.hall", time: microsToRfc3339(at(2)), state: "x" };
  for (const corrections of [[{ ...twice, remove: true }], [twice, twice], [{ entity: "light.hall", time }]]) {
    const { body } = await post("corrections/preview", { corrections });
    assert.equal(body.code, "invalid_request");
    assert.match(body.detail ?? "", /corrections\[\d\]/);
  }
});

test("an erasure counts exactly what it takes, leaves a gap, and its receipt says where it is gone from", async () => {
  const { body: preview } = await post<ErasurePreviewShape>("erasures/preview", { entities: ["person.anna"] });
  assert.deepEqual(preview.removes, { readings: 10, statistics: 0, rollups: 0, events: 1 });
  assert.equal((await states("person.anna")).length, 10, "nothing has gone");
  const begun = await post<ReceiptShape>("erasures", { plan: preview.plan });
  assert.deepEqual([begun.status, begun.body.state], [200, "running"]);
  const receipt = await eventually(10, async () => {
    const { erasures } = await list<{ erasures: ReceiptShape[] }>("erasures");
    assert.equal(erasures[0]?.state, "done");
    return erasures[0] as ReceiptShape;
  });
  assert.deepEqual(receipt.removed, preview.removes);
  assert.ok(receipt.gone_from.answers !== null && receipt.gone_from.files !== null);
  assert.deepEqual(await states("person.anna"), []);
  assert.equal(hub.store.latest(1), undefined);
  const { events } = await list<{ events: { data: { entity_id: string[] } }[] }>(
    `events?from=${microsToRfc3339(at(-1))}`,
  );
  assert.deepEqual(
    events.map(({ data }) => data.entity_id[0]),
    ["light.hall"],
  );
  const { gaps } = await list<{ gaps: { cause: string; entity_id?: string; kind: string }[] }>(
    `gaps?from=${microsToRfc3339(at(-1))}`,
  );
  assert.deepEqual(gaps.map(({ cause, kind }) => [kind, cause]).sort(), [
    ["events", "erased"],
    ["states", "erased"],
  ]);
  assert.equal((await post("erasures", { plan: preview.plan })).body.code, "action_unavailable", "done once");
});

test("what is asked wrongly is refused: nobody, nobody known, a time that ends before it begins, an unknown plan", async () => {
  assert.equal((await post("erasures/preview", { entities: [] })).body.code, "invalid_request");
  assert.equal((await post("erasures/preview", { entities: ["moon.phase"] })).body.code, "unknown_entity");
  const [from, to] = [microsToRfc3339(at(2)), microsToRfc3339(at(1))];
  assert.equal((await post("erasures/preview", { entities: ["light.hall"], from, to })).body.code, "invalid_request");
  assert.equal((await post("erasures", { plan: "none" })).body.code, "action_unavailable");
});
