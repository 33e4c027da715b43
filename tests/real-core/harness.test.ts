import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ControlClient, openControlClient, type SentChange } from "../support/core/control-client.ts";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { type LoadProgress, madeBy, runLoad } from "../support/core/load.ts";
import { type RecordedRow, readRecorder, recorderCaughtUp } from "../support/core/recorder.ts";

const skip = await coreUnavailable();

let core: Core;
let control: ControlClient;

before(async () => {
  if (skip) return;
  core = await startCore({ name: "harness" });
  control = await openControlClient({ url: core.url, token: core.token, events: ["ingestor_load_run_ended"] });
});
after(async () => {
  await control?.close();
  await core?.stop();
});

test("a booted home has the demo entities, is onboarded and says RUNNING", { skip }, async () => {
  const states = await control.rest<unknown[]>("GET", "/api/states");
  assert.ok(states.length >= 110, `${states.length} states`);
  assert.equal((await control.call<{ state: string }>("get_config")).state, "RUNNING");
  assert.ok((await control.call<unknown[]>("config/entity_registry/list")).length >= 60);
});

test("at 200 changes/s the control client saw exactly what the load says it made", { skip }, async () => {
  const progress = await runLoad(control, { count: 1_000, rate: 200, prefix: "paced", keep: true });
  await sawExactly(progress);
});

test("an entity made on demand is in the registry, takes a new name at once, and is there after a restart", {
  skip,
}, async () => {
  const { entity_ids } = await control.action<{ entity_ids: Record<string, string> }>("ingestor_load.add_entities", {
    entities: [{ unique_id: "boiler", object_id: "boiler", device: "Boiler" }],
  });
  assert.deepEqual(entity_ids, { boiler: "sensor.boiler" });
  await control.call("config/entity_registry/update", { entity_id: "sensor.boiler", new_entity_id: "sensor.furnace" });
  await core.restart();
  await control.connected(2);
  assert.equal(control.connections[0]?.closeCode, 1000);
  await control.action("ingestor_load.write", { unique_id: "boiler", state: "61.5" }, { answers: false });
  await control.drained();
  const last = control.changes().at(-1);
  assert.deepEqual([last?.entityId, last?.state, last?.connection], ["sensor.furnace", "61.5", 2]);
});

test("the recorder holds exactly the load, removals with their times, and not what it is told to leave out", {
  skip,
}, async () => {
  const from = control.changes().at(-1)?.updated as number;
  const left = await runLoad(control, { count: 50, entities: 1, prefix: "unrecorded", mix: { number: 1 } });
  const kept = await runLoad(control, { count: 2_000, entities: 20, prefix: "recorded" });
  await recorderCaughtUp(control);
  const made = new Set([...kept.entities, ...left.entities]);
  const sent = control.changes().filter((change) => made.has(change.entityId));
  assert.equal(sent.length, 2_050);
  const to = (sent.at(-1) as SentChange).updated + 1;
  const rows = await readRecorder(control, [...made], from, to);
  const recorded = ({ entityId, state, attributes, changed, updated }: RecordedRow) => ({
    entityId,
    state,
    attributes,
    changed,
    updated,
  });
  assert.deepEqual(
    inOrder(rows.map(recorded)),
    inOrder(sent.filter(({ entityId }) => !left.entities.includes(entityId)).map(recorded)),
  );
});

test("at Core's full speed the control client saw exactly what the load says it made", { skip }, async (t) => {
  const progress = await runLoad(control, { count: 30_000, prefix: "fast", keep: true });
  t.diagnostic(`${progress.rate} changes/s`);
  await sawExactly(progress);
  assert.equal(control.connections.length, 2, "the witness was connected throughout");
  const kinds = Object.keys(progress.by_kind).sort();
  assert.deepEqual(
    kinds,
    "attributes child forced long number readded removed shared text user vanished".split(" "),
    "every kind of change was among them",
  );
});

async function sawExactly(progress: LoadProgress): Promise<void> {
  await control.drained();
  const ours = new Set(progress.entities);
  const seen = control.changes().filter((change) => ours.has(change.entityId));
  const made = await madeBy(control, progress.run);
  assert.equal(seen.length, made.length);
  for (const [i, change] of made.entries()) assert.deepEqual(comparable(seen[i] as SentChange), change);
}

/** A removal has no time of its own in the load's book: only who and by which context. */
function comparable({ entityId, state, attributes, changed, updated, context }: SentChange) {
  const told = { entityId, state, context };
  return state === null ? told : { ...told, attributes, changed, updated };
}

const inOrder = (rows: readonly RecordedRow[]): RecordedRow[] =>
  [...rows].sort((a, b) => (a.entityId === b.entityId ? a.updated - b.updated : a.entityId < b.entityId ? -1 : 1));
