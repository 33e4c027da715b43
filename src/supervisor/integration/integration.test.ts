import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { Failure } from "../../domain/failure.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { startIntegrationPart } from "./integration.ts";

type Command = { type: string; domain?: string; service?: string };

/** A hub's part beside a Home Assistant that knows the integration in this version, or not at all. */
function start(t: TestContext, { wanted = true, connected = true }: { wanted?: boolean; connected?: boolean } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "integration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [from, homeFolder] = [join(folder, "own"), join(folder, "home")];
  for (const made of [from, homeFolder]) mkdirSync(made);
  writeFileSync(join(from, "manifest.json"), '{"version": "1.1.0"}');
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  const commands: Command[] = [];
  const kept = new Map<string, unknown>();
  const home = {
    runs: null as string | null,
    connected,
    refuses: undefined as Failure | undefined,
  };
  const call = async (command: Command) => {
    if (!home.connected) throw new Failure("not_connected", "Home Assistant is not connected");
    commands.push(command);
    if (command.type === "call_service" && home.refuses) throw home.refuses;
    if (command.type !== "manifest/get") return {};
    if (home.runs === null) throw new Failure("command_refused", "refused", { cause: { code: "not_found" } });
    return { domain: "ha_ingestor", version: home.runs };
  };
  const begin = () =>
    startIntegrationPart({
      from,
      homeFolder: wanted ? homeFolder : undefined,
      call,
      settings: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
      log: silentLog,
      status,
    });
  const services = () => commands.flatMap(({ domain, service }) => (domain ? [`${domain}.${service}`] : []));
  let connections = 0;
  const connect = () => {
    clock.advance(1_000);
    status.set("home_assistant", { state: "starting", why: `Connection ${++connections}` });
    status.set("home_assistant", { state: "ok" });
    status.set("home_assistant", { state: "ok", figures: { connections } });
  };
  const part = begin();
  return { home, homeFolder, part, begin, connect, services, status: () => status.get("integration") };
}

test("once installed, Home Assistant's restart is asked for in the status and by one notification", async (t) => {
  const { part, connect, begin, services, status, home, homeFolder } = start(t);
  connect();
  await part.close();
  assert.ok(existsSync(join(homeFolder, "custom_components/ha_ingestor/manifest.json")));
  assert.equal(status()?.state, "degraded");
  assert.match(status()?.why ?? "", /1\.1\.0 .* does not know it until it is restarted/);
  assert.deepEqual(status()?.actions, ["restart"]);
  assert.deepEqual(services(), ["persistent_notification.create"]);

  // The hub starts again before Home Assistant does: nobody is told twice.
  const again = begin();
  connect();
  await again.close();
  assert.deepEqual(services(), ["persistent_notification.create"]);
  home.runs = "1.1.0";
  const after = begin();
  connect();
  await after.close();
  assert.equal(status()?.state, "ok");
  assert.equal(status()?.actions, undefined);
});

test("an older version that Home Assistant still runs is named", async (t) => {
  const { part, connect, status, home } = start(t);
  home.runs = "1.0.0";
  connect();
  await part.close();
  assert.match(status()?.why ?? "", /Home Assistant runs version 1\.0\.0 until/);
});

test("while Home Assistant is away nothing is claimed, and its next connection tells", async (t) => {
  const { part, connect, status, home, services } = start(t, { connected: false });
  connect();
  home.connected = true;
  home.runs = "1.1.0";
  connect();
  await part.close();
  assert.equal(status()?.state, "ok");
  assert.deepEqual(services(), []);
});

test("a copy that the hub did not make is left alone, and said to be", async (t) => {
  const { part, connect, begin, status, home, homeFolder } = start(t, { wanted: true });
  await part.close();
  const target = join(homeFolder, "custom_components/ha_ingestor");
  rmSync(join(target, ".installed-by-ha-ingestor"));
  writeFileSync(join(target, "manifest.json"), '{"version": "0.9.0"}');
  home.runs = "0.9.0";
  const again = begin();
  connect();
  await again.close();
  assert.equal(status()?.state, "ok");
  assert.match(status()?.why ?? "", /left alone/);
  assert.deepEqual(status()?.figures, { installed_version: "0.9.0", running_version: "0.9.0", by_the_hub: false });
});

test("where it is not wanted nothing is installed, and the status says so", async (t) => {
  const { part, connect, status, homeFolder } = start(t, { wanted: false });
  connect();
  await part.close();
  assert.equal(status()?.state, "off");
  assert.ok(!existsSync(join(homeFolder, "custom_components")));
});

test("an installation that fails is a status with a way to mend it", async (t) => {
  const { part, begin, status, homeFolder } = start(t);
  await part.close();
  rmSync(homeFolder, { recursive: true });
  await begin().close();
  assert.equal(status()?.state, "broken");
  assert.ok(status()?.fix);
});

test("Home Assistant is restarted only after it has found its configuration valid", async (t) => {
  const { part, services, home } = start(t);
  await assert.rejects(part.act("pause"), { code: "action_unavailable" });
  await part.act("restart");
  assert.deepEqual(services(), ["homeassistant.check_config", "homeassistant.restart"]);

  home.refuses = new Failure("command_refused", "the configuration is not valid: line 3");
  await assert.rejects(part.act("restart"), { code: "action_unavailable", message: /line 3/ });
  assert.equal(services().filter((service) => service === "homeassistant.restart").length, 1);

  home.connected = false;
  await assert.rejects(part.act("restart"), { code: "action_unavailable", message: /not connected/ });
  await part.close();
});
