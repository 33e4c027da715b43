import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { coreFlows } from "../support/core/core-flows.ts";
import { eventually } from "../support/eventually.ts";
import type { Part } from "../support/home/simulated-home.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { openWire } from "../support/hub/wire-client.ts";
import { type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";

/** The hub puts its integration into a real Core's own folder, and Core runs it once a person has it restarted. */
const skip = await coreUnavailable();
let supervisor: Supervisor;
let core: Core;
let hub: Hub;
let config: string;

before(async () => {
  if (skip) return;
  supervisor = await startSupervisor({ appOptions: { install_integration: true } });
  core = await startCore({ name: "self-install", env: supervisor.coreEnv });
  supervisor.attachCore(core);
  config = join(core.runDir, "config");
  hub = await startHub({ env: { ...supervisor.hubEnv, HA_INGESTOR_HOME_FOLDER: config } });
});
after(async () => {
  await hub?.stop();
  await core?.stop();
  await supervisor?.close();
});

const part = async (): Promise<Part & { actions?: string[] }> => {
  const { parts } = await hub.json<{ parts: Part[] }>("api/v1/status");
  const found = parts.find((one) => one.part === "integration");
  assert.ok(found);
  return found;
};
const becomes = (state: string) =>
  eventually(60, async () => {
    const now = await part();
    assert.equal(now.state, state, now.why);
    return now;
  });
const coreRestarts = () =>
  supervisor.requests.filter(({ method, path }) => method === "POST" && path === "/core/restart").length;
const notifications = async (): Promise<{ notification_id: string; message: string }[]> => {
  const wire = await openWire(core);
  try {
    return await wire.result("persistent_notification/get");
  } finally {
    wire.close();
  }
};

test("it is installed, Core does not run it yet, and one notification says so", { skip }, async () => {
  const { why, actions } = await becomes("degraded");
  assert.match(why ?? "", /does not know it until it is restarted/);
  assert.deepEqual(actions, ["restart"]);
  assert.ok(existsSync(join(config, "custom_components/ha_ingestor/.installed-by-ha-ingestor")));
  const ours = (await notifications()).filter((one) => one.notification_id === "ha_ingestor_integration");
  assert.equal(ours.length, 1);
  assert.match(ours[0]?.message ?? "", /next restart/);
});

test("Core is not restarted while its configuration is not valid, and the hub says what Core says", {
  skip,
}, async () => {
  const bad = join(config, "packages/bad.yaml");
  mkdirSync(join(config, "packages"), { recursive: true });
  writeFileSync(bad, "automation:\n  - alias: [unclosed\n");
  const refused = await hub.post("api/v1/services/integration/restart", {});
  const problem = (await refused.json()) as { code: string; detail: string };
  assert.deepEqual([refused.status, problem.code], [409, "action_unavailable"]);
  assert.match(problem.detail, /configuration is not valid/);
  assert.equal(coreRestarts(), 0);
  writeFileSync(bad, "");
});

test("restarted from the panel, Core runs the version that was installed, and the app is discovered", {
  skip,
}, async () => {
  const answer = await hub.post("api/v1/services/integration/restart", {});
  assert.equal(answer.status, 200, await answer.text());
  // Core asks its Supervisor, which restarts it.
  assert.equal(coreRestarts(), 1);
  await core.shutDown();
  await core.start();
  const { figures } = await becomes("ok");
  assert.equal(figures?.running_version, figures?.installed_version);
  assert.equal(figures?.by_the_hub, true);
  const wire = await openWire(core);
  const manifest = await wire.result<{ is_built_in: boolean; config_flow: boolean }>("manifest/get", {
    integration: "ha_ingestor",
  });
  const flows = coreFlows(core, () => wire, "ha_ingestor");
  const [found, ...more] = await eventually(30, async () => {
    const open = await flows.open();
    assert.ok(open.length > 0);
    return open;
  });
  wire.close();
  assert.deepEqual([found?.step_id, found?.context.source, more], ["hassio_confirm", "hassio", []]);
  assert.deepEqual([manifest.is_built_in, manifest.config_flow], [false, true]);
});
