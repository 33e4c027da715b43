import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { coreUnavailable } from "../support/core/core.ts";
import { runLoad } from "../support/core/load.ts";
import { type Home, hubHas, openHome } from "../support/core/recorded-home.ts";
import { eventually } from "../support/eventually.ts";
import { startHub } from "../support/hub/hub.ts";
import { readHub } from "../support/hub/hub-reader.ts";

const skip = await coreUnavailable();

let folder: string;
let ours: Home;
let theirs: Home;

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "hub-homes-"));
  [ours, theirs] = [await openHome({ name: "ours" }), await openHome({ name: "theirs" })];
});
after(async () => {
  await ours?.close();
  await theirs?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("another home in place of the store's own is refused with choices, and not a byte of it is recorded", {
  skip,
}, async () => {
  const dataDir = join(folder, "other");
  const first = await startHub({ haUrl: ours.core.url, haToken: ours.core.token, dataDir });
  await runLoad(ours.control, { count: 100, entities: 10 });
  await hubHas(readHub(first), await ours.mark());
  assert.equal(await first.stop(), 0);

  const { core, control } = theirs;
  const wrong = await startHub({ haUrl: core.url, haToken: core.token, dataDir });
  await runLoad(control, { count: 100, entities: 10, prefix: "foreign" });
  const part = await refusal(wrong);
  assert.match(part.why, /another home/);
  const held = await statesOf(wrong);
  assert.ok(
    held.some(({ entity_id }) => entity_id === "sensor.load_0"),
    "what was recorded is still answered",
  );
  assert.deepEqual(
    held.filter(({ entity_id }) => entity_id.startsWith("sensor.foreign")),
    [],
  );
  await wrong.stop();

  const back = await startHub({ haUrl: ours.core.url, haToken: ours.core.token, dataDir });
  await hubHas(readHub(back), await ours.mark());
  const states = await statesOf(back);
  const present = await ours.control.call<{ entity_id: string }[]>("get_states");
  assert.deepEqual(states.map(({ entity_id }) => entity_id).sort(), present.map(({ entity_id }) => entity_id).sort());
  await back.stop();
});

test("a real home is not recorded into the simulated home's store, nor the simulated one into a real home's", {
  skip,
}, async () => {
  const simulated = join(folder, "simulated");
  const demo = await startHub({ dataDir: simulated });
  await eventually(20, async () => assert.ok((await statesOf(demo)).length > 10));
  await demo.stop();
  // The two have folders of their own; somebody moves one into the other's place.
  renameSync(join(simulated, "simulated"), join(simulated, "home"));
  const intoSimulated = await startHub({ haUrl: ours.core.url, haToken: ours.core.token, dataDir: simulated });
  assert.match((await refusal(intoSimulated)).why, /simulated home/);
  await intoSimulated.stop();

  const real = join(folder, "real");
  const recorded = await startHub({ haUrl: ours.core.url, haToken: ours.core.token, dataDir: real });
  await hubHas(readHub(recorded), await ours.mark());
  await recorded.stop();
  const simulator: Simulator = await startSimulator({ seed: "homes" });
  const intoReal = await startHub({ haUrl: simulator.url, haToken: simulator.token, dataDir: real });
  assert.match((await refusal(intoReal)).why, /real home/);
  await intoReal.stop();
  await simulator.close();
});

type Part = { part: string; state: string; why: string; fix: string };

/** The hub runs and explains itself; it is only the home that it does not take. */
async function refusal(hub: Parameters<typeof readHub>[0]): Promise<Part> {
  const part = await eventually(20, async () => {
    const { parts } = await readHub(hub).get<{ parts: Part[] }>("api/v1/status");
    const found = parts.find(({ part: name }) => name === "home_assistant");
    assert.equal(found?.state, "broken");
    return found as Part;
  });
  for (const choice of ["HA_URL", "HA_INGESTOR_DATA", "move the old folder away"])
    assert.ok(part.fix.includes(choice), `the fix names the choice ${choice}: ${part.fix}`);
  return part;
}

const statesOf = async (hub: Parameters<typeof readHub>[0]) =>
  (await readHub(hub).get<{ states: { entity_id: string }[] }>("api/v1/states")).states;
