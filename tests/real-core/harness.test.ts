import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ControlClient, openControlClient, type SentChange } from "../support/control-client.ts";
import { type Core, coreUnavailable, startCore } from "../support/core.ts";
import { type LoadProgress, madeBy, runLoad } from "../support/load.ts";

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
  assert.ok((await control.call<unknown[]>("config/entity_registry/list")).length >= 80);
});

test("at 200 changes/s the control client saw exactly what the load says it made", { skip }, async () => {
  const progress = await runLoad(control, { count: 1_000, rate: 200, prefix: "paced", keep: true });
  await sawExactly(progress);
});

test("at Core's full speed the control client saw exactly what the load says it made", { skip }, async (t) => {
  const progress = await runLoad(control, { count: 30_000, prefix: "fast", keep: true });
  t.diagnostic(`${progress.rate} changes/s`);
  await sawExactly(progress);
  assert.equal(control.connections.length, 1);
  const kinds = Object.keys(progress.by_kind).sort();
  assert.deepEqual(
    kinds,
    "attributes child forced long number readded removed shared text user vanished".split(" "),
    "every kind of change was among them",
  );
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

test("the recorder holds the load, but not the entities it is told to leave out", { skip }, async () => {
  const start = new Date().toISOString();
  await runLoad(control, { count: 50, entities: 1, prefix: "unrecorded", mix: { number: 1 } });
  await runLoad(control, { count: 50, entities: 1, prefix: "recorded", mix: { number: 1 } });
  const entity_ids = ["sensor.recorded_0", "sensor.unrecorded_0"];
  const query = { start_time: start, entity_ids, significant_changes_only: false, include_start_time_state: false };
  const deadline = performance.now() + 20_000;
  for (;;) {
    const held = await control.call<Record<string, unknown[]>>("history/history_during_period", query);
    assert.deepEqual(held["sensor.unrecorded_0"] ?? [], []);
    if (held["sensor.recorded_0"]?.length === 50) break;
    assert.ok(performance.now() < deadline, `the recorder holds ${held["sensor.recorded_0"]?.length} of 50 after 20 s`);
  }
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
