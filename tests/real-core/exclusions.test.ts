import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ExclusionsShape } from "../../src/api/routes/setup/exclusions.ts";
import type { SetupShape } from "../../src/api/routes/setup/setup.ts";
import { coreUnavailable } from "../support/core/core.ts";
import { runLoad } from "../support/core/load.ts";
import { type Home, hubHas, openHome } from "../support/core/recorded-home.ts";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { readHub } from "../support/hub/hub-reader.ts";

const skip = await coreUnavailable();

/** This home's own recorder leaves out `sensor.unrecorded_*` (tests/core/configuration.yaml). */
const UNRECORDED = ["sensor.unrecorded_0", "sensor.unrecorded_1", "sensor.unrecorded_2"];

let home: Home;
let hub: Hub;

before(async () => {
  if (skip) return;
  home = await openHome({ name: "exclusions" });
  hub = await startHub({ haUrl: home.core.url, haToken: home.core.token });
  await runLoad(home.control, { count: 30, entities: 3, prefix: "unrecorded", mix: { number: 1 } });
  await runLoad(home.control, { count: 30, entities: 3, mix: { number: 1 } });
  await hubHas(readHub(hub), await home.mark());
});
after(async () => {
  await hub?.stop();
  await home?.close();
});

const put = async (patterns: readonly string[]) => {
  const answer = await hub.request("api/v1/exclusions", { method: "PUT", body: { patterns } });
  assert.equal(answer.status, 200);
  return (await answer.json()) as ExclusionsShape;
};
const gapsOf = async (entity: string) =>
  (await hub.json<{ gaps: { id: number; cause: string }[] }>(`api/v1/gaps?entity=${entity}`)).gaps.filter(
    ({ cause }) => cause === "excluded",
  );
const readingsOf = async (entity: string) =>
  (await hub.json<{ series: { points: [string, string][] }[] }>(`api/v1/history/${entity}`)).series[0]?.points ?? [];

test("what Core's recorder leaves out is found, and nothing else is", { skip }, async (t) => {
  await eventually(60, async () => {
    const { recorder } = (await (await hub.post("api/v1/setup/recorder", undefined)).json()) as SetupShape;
    assert.equal(recorder.state, "asked");
    assert.equal(recorder.too_new, 0);
    assert.deepEqual(recorder.unrecorded, UNRECORDED);
    t.diagnostic(`${recorder.looked_at} entities looked at, ${recorder.unrecorded.length} not kept by Core's recorder`);
  });
  const { home: taken, connection } = await hub.json<SetupShape>("api/v1/setup");
  assert.deepEqual([taken?.time_zone, taken?.currency, taken?.latitude], ["Europe/Amsterdam", "EUR", 52.37]);
  assert.equal(connection?.state, "ok");
});

test("what is excluded leaves no trace; included again it has its present state and a gap", { skip }, async () => {
  const [entity = ""] = UNRECORDED;
  assert.deepEqual((await put(UNRECORDED)).entities, UNRECORDED);
  const before = await readingsOf(entity);
  await runLoad(home.control, { count: 30, entities: 3, prefix: "unrecorded", mix: { number: 1 } });
  await hubHas(readHub(hub), await home.mark());
  assert.deepEqual(await readingsOf(entity), before);
  assert.equal((await hub.get(`api/v1/states/${entity}`)).status, 404);
  assert.deepEqual(
    (await gapsOf(entity)).map(({ id }) => id),
    [0],
  );
  await eventually(10, async () => {
    const { parts } = await hub.json<{ parts: { part: string; figures?: { changes_left_out?: number } }[] }>(
      "api/v1/status",
    );
    assert.ok((parts.find(({ part }) => part === "exclusions")?.figures?.changes_left_out ?? 0) >= 30);
  });

  assert.deepEqual((await put([])).entities, []);
  const core = await home.control.rest<{ state: string; last_updated: string }>("GET", `/api/states/${entity}`);
  const known = await hub.json<{ state: string; time: string }>(`api/v1/states/${entity}`);
  assert.equal(known.state, core.state);
  assert.equal(Date.parse(known.time), Date.parse(core.last_updated));
  const [gap, ...more] = await gapsOf(entity);
  assert.ok(gap && gap.id > 0 && more.length === 0);
  assert.equal((await readingsOf(entity)).length, before.length + 1);
});
