import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { type Core, coreUnavailable, freePort, startCore } from "../support/core/core.ts";
import { coreFlows } from "../support/core/core-flows.ts";
import { eventually } from "../support/eventually.ts";
import { type CountingProxy, startCountingProxy } from "../support/hub/counting-proxy.ts";
import { type Hub, type HubOptions, startHub } from "../support/hub/hub.ts";
import { openWire, type WireClient } from "../support/hub/wire-client.ts";
import { type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";

/** The hub as an app, and its integration in a real Core: set up, seen, lost, found, refused and removed as at home. */
const DOMAIN = "ha_ingestor";
const COMPONENT = join(import.meta.dirname, "../../custom_components/ha_ingestor");

for (const version of ["2026.11.0", "2026.3.4"]) {
  const skip = await coreUnavailable(version);
  describe(`in Home Assistant Core ${version}`, { skip }, () => suite(version));
}

function suite(version: string): void {
  let supervisor: Supervisor;
  let core: Core;
  let hub: Hub;
  let options: HubOptions;
  let wire: WireClient;
  let proxy: CountingProxy;
  let flows: ReturnType<typeof coreFlows>;
  const dataDir = mkdtempSync(join(tmpdir(), "hub-"));

  before(async () => {
    supervisor = await startSupervisor({ coreVersion: version });
    const env = supervisor.coreEnv;
    core = await startCore({ name: "integration", version, env, customComponents: [COMPONENT] });
    supervisor.attachCore(core);
    const port = await freePort();
    options = { dataDir, port, env: supervisor.hubEnv };
    wire = await openWire(core);
    flows = coreFlows(core, () => wire, DOMAIN);
    hub = await startHub(options);
    proxy = await startCountingProxy(hub.url);
  });
  after(async () => {
    wire?.close();
    await proxy?.[Symbol.asyncDispose]();
    await hub?.stop();
    await core?.stop();
    await supervisor?.close();
    rmSync(dataDir, { recursive: true });
  });

  const stateOf = async (entityId: string): Promise<CoreState> => {
    const answer = await fetch(`${core.url}/api/states/${entityId}`, {
      headers: { authorization: `Bearer ${core.token}` },
    });
    assert.equal(answer.status, 200, entityId);
    return (await answer.json()) as CoreState;
  };
  const registered = async () =>
    (await wire.result<CoreEntity[]>("config/entity_registry/list")).filter(({ platform }) => platform === DOMAIN);
  const devices = async () =>
    (await wire.result<CoreDevice[]>("config/device_registry/list")).filter(({ identifiers }) =>
      identifiers.some(([domain]) => domain === DOMAIN),
    );
  const entityOf = async (key: string): Promise<string> => {
    const found = (await registered()).find(({ unique_id }) => unique_id.endsWith(`_${key}`));
    assert.ok(found, key);
    return found.entity_id;
  };
  const published = async () => (await hub.json<{ published: Entry[]; server_id: string }>("api/v1/published")) ?? [];
  const oneEntry = async (state: string) => {
    const entries = await flows.entries();
    assert.deepEqual(
      entries.map((entry) => entry.state),
      [state],
    );
    return entries[0] as (typeof entries)[0];
  };
  /** As the Supervisor does it: a Core that has one does not restart itself. */
  const restartCore = async () => {
    wire.close();
    await core.shutDown();
    await core.start();
    wire = await openWire(core);
  };
  const isAvailable = (wanted: boolean) =>
    eventually(90, async () => {
      for (const { entity_id, disabled_by } of await registered())
        if (disabled_by === null) assert.equal((await stateOf(entity_id)).state !== "unavailable", wanted, entity_id);
    });

  test("the app is discovered, and set up once the user says so", async () => {
    const { server_id } = await published();
    const [flow] = await eventually(30, async () => {
      const open = await flows.open();
      assert.equal(open.length, 1);
      return open;
    });
    assert.deepEqual(
      [flow?.step_id, flow?.context.source, flow?.context.unique_id],
      ["hassio_confirm", "hassio", server_id],
    );
    const form = await flows.show(flow?.flow_id as string);
    assert.deepEqual([form.type, form.description_placeholders], ["form", { addon: "HA Ingestor" }]);
    assert.deepEqual(await flows.entries(), []);
    const done = await flows.submit(flow?.flow_id as string, {});
    assert.deepEqual([done.type, done.result?.title, done.result?.source], ["create_entry", "HA Ingestor", "hassio"]);
    await eventually(10, () => oneEntry("loaded"));
  });

  test("its entities have the values and units of the hub, under one service that opens the app's panel", async (t) => {
    const entries = (await published()).published;
    const entities = await registered();
    assert.equal(entities.length, entries.length);
    assert.deepEqual(
      entities.filter(({ disabled_by }) => disabled_by === "integration").length,
      entries.filter(({ enabled }) => enabled === false).length,
    );
    const [service, ...more] = await devices();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [service?.entry_type, service?.configuration_url, service?.sw_version],
      ["service", `homeassistant://app/${supervisor.app.slug}`, "0.1.0"],
    );
    assert.deepEqual(new Set(entities.map(({ device_id }) => device_id)), new Set([service?.id]));

    await eventually(75, async () => {
      const now = new Map((await published()).published.map((entry) => [entry.key, entry]));
      for (const entry of now.values()) {
        if (entry.enabled === false || entry.platform === "event") continue;
        const { state, attributes } = await stateOf(await entityOf(entry.key));
        // These are never twice the same.
        if (entry.key === "changes_per_minute") assert.match(state, /^\d+$/);
        else if (entry.key === "store_size") assert.match(state, /^\d+\.\d+$/);
        else assert.equal(state, asCore(entry), entry.key);
        assert.equal(attributes.unit_of_measurement, entry.suggested_unit ?? entry.unit, entry.key);
        assert.equal(attributes.device_class, entry.device_class, entry.key);
      }
      const size = await stateOf(await entityOf("store_size"));
      const bytes = now.get("store_size")?.value as number;
      assert.ok(Number(size.state) > 0 && Math.abs(Number(size.state) - bytes / 1e6) < 1, `${size.state} MB`);
      const own = new Set(entities.map(({ entity_id }) => entity_id));
      const all = await wire.result<CoreState[]>("get_states");
      const theirs = all.filter(({ entity_id }) => !own.has(entity_id));
      const told = Number((await stateOf(await entityOf("entities"))).state);
      assert.equal(told, theirs.length, "as many as Core has, without the hub's own");
      t.diagnostic(`${own.size} entities of the hub, ${told} recorded; store ${size.state} MB`);
    });
    assert.equal((await stateOf(await entityOf("connected"))).state, "on");
  });

  test("the hub does not record its own entities", async () => {
    const { entities } = await hub.json<{ entities: { entity_id: string; integration: string | null }[] }>(
      "api/v1/entities?removed=true",
    );
    assert.ok(entities.length > 100);
    const own = new Set((await registered()).map(({ entity_id }) => entity_id));
    assert.deepEqual(
      entities.filter(({ entity_id, integration }) => integration === DOMAIN || own.has(entity_id)),
      [],
    );
  });

  test("a hub that stops makes them unavailable; it is found again, and tells the gap as an event", async () => {
    const gap = await entityOf("gap");
    assert.equal((await stateOf(gap)).state, "unknown");
    await hub.stop();
    await isAvailable(false);
    hub = await startHub(options);
    await isAvailable(true);
    await eventually(30, async () => {
      const { state, attributes } = await stateOf(gap);
      assert.ok(Date.parse(state) > 0);
      assert.deepEqual(
        [attributes.event_type, attributes.kind, attributes.cause],
        ["gap_found", "events", "hub_stopped"],
      );
    });
    await eventually(75, async () => {
      const last = (await published()).published.find(({ key }) => key === "last_gap");
      assert.equal((await stateOf(await entityOf("last_gap"))).state, asCore(last as Entry));
    });
  });

  test("a link that is paused shows at once, and its gap is told with the cause", async () => {
    const connected = await entityOf("connected");
    const act = async (action: string) => {
      const answer = await hub.post(`api/v1/services/home_assistant/${action}`, {});
      assert.ok(answer.ok, await answer.text());
    };
    await act("pause");
    await eventually(20, async () => assert.equal((await stateOf(connected)).state, "off"));
    await act("resume");
    await eventually(30, async () => assert.equal((await stateOf(connected)).state, "on"));
    const gap = await entityOf("gap");
    await eventually(30, async () => assert.equal((await stateOf(gap)).attributes.cause, "paused"));
  });

  test("the examples of the documentation are automations that Core accepts", async () => {
    const documentation = readFileSync(join(import.meta.dirname, "../../docs/integration.md"), "utf8");
    const examples = [...documentation.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => parse(text as string));
    assert.ok(examples.length >= 2);
    const known = new Set((await registered()).map(({ entity_id }) => entity_id));
    for (const example of examples) {
      const answer = await wire.result<Record<string, { valid: boolean; error: string | null }>>(
        "validate_config",
        example,
      );
      assert.deepEqual(
        Object.values(answer).filter(({ valid }) => !valid),
        [],
      );
      for (const { entity_id } of example.triggers) assert.ok(known.has(entity_id), entity_id);
    }
  });

  test("a restart of Core doubles nothing, and tells no event twice", async () => {
    const before = await registered();
    const gap = await stateOf(await entityOf("gap"));
    await restartCore();
    await isAvailable(true);
    await oneEntry("loaded");
    const now = await registered();
    const ids = (entities: CoreEntity[]) => entities.map(({ id, entity_id }) => `${id} ${entity_id}`).sort();
    assert.deepEqual(ids(now), ids(before));
    assert.equal((await devices()).length, 1);
    assert.deepEqual(await flows.open(), []);
    const again = await stateOf(await entityOf("gap"));
    // Core's own restart is an interruption, too: a newer firing may have come, but never the same once more.
    if (again.attributes.firing_id === gap.attributes.firing_id) assert.equal(again.state, gap.state);
    else assert.ok((again.attributes.firing_id as number) > (gap.attributes.firing_id as number));
  });

  test("a refused token of the app asks nobody: it is taken from the app's next announcement", async () => {
    const { tokens } = await hub.json<{ tokens: { id: string; name: string }[] }>("api/v1/tokens");
    const token = tokens.find(({ name }) => name === "Home Assistant integration");
    await remove(hub, `api/v1/tokens/${token?.id}`);
    const asked: string[] = [];
    await eventually(90, async () => {
      for (const { context } of await flows.open()) asked.push(context.source);
      const { tokens: now } = await hub.json<{ tokens: { id: string; last_used: string | null }[] }>("api/v1/tokens");
      const renewed = now.find((one) => one.id !== token?.id && one.last_used !== null && isIntegration(one));
      assert.ok(renewed, "the integration uses the new token");
      await oneEntry("loaded");
    });
    await isAvailable(true);
    assert.deepEqual(
      asked.filter((source) => source === "reauth"),
      [],
    );
  });

  test("removing the entry removes everything; the app is discovered again", async () => {
    await flows.remove((await oneEntry("loaded")).entry_id);
    assert.deepEqual([await registered(), await devices(), await flows.entries()], [[], [], []]);
    await eventually(30, async () => {
      const open = await flows.open();
      assert.deepEqual(
        open.map(({ context }) => context.source),
        ["hassio"],
      );
    });
  });

  test("set up by hand, what goes wrong is said in the form", async () => {
    const made = await makeToken(hub, "by hand");
    const form = await flows.start();
    assert.deepEqual([form.step_id, form.data_schema?.map(({ name }) => name)], ["user", ["host", "port", "token"]]);
    const given = { host: "127.0.0.1", port: proxy.port, token: made.secret };
    const errors = async (data: object) => (await flows.submit(form.flow_id, { ...given, ...data })).errors;
    assert.deepEqual(await errors({ token: "hi_wrong" }), { base: "invalid_auth" });
    assert.deepEqual(await errors({ port: 1 }), { base: "cannot_connect" });
    assert.deepEqual(await errors({ port: core.port }), { base: "no_hub" });
    const done = await flows.submit(form.flow_id, given);
    assert.deepEqual([done.type, done.result?.source], ["create_entry", "user"]);
    await eventually(10, () => oneEntry("loaded"));
    await isAvailable(true);
    assert.deepEqual(await flows.open(), [], "the discovered one is settled with it");
  });

  test("a refused token asks the user once and knocks no more than once; a new one heals it", async (t) => {
    const { tokens } = await hub.json<{ tokens: { id: string; name: string }[] }>("api/v1/tokens");
    const from = proxy.asked.length;
    await remove(hub, `api/v1/tokens/${tokens.find(({ name }) => name === "by hand")?.id}`);
    const reauth = await eventually(60, async () => {
      const open = (await flows.open()).filter(({ context }) => context.source === "reauth");
      assert.equal(open.length, 1);
      return open[0] as (typeof open)[0];
    });
    await isAvailable(false);
    // Restarting Core asks again by itself: still one question and one request.
    await restartCore();
    const [again, ...others] = await eventually(30, async () => {
      const open = (await flows.open()).filter(({ context }) => context.source === "reauth");
      assert.equal(open.length, 1);
      return open;
    });
    assert.deepEqual(others, []);
    const asked = proxy.asked.slice(from);
    t.diagnostic(`while refused: ${asked.join(", ") || "nothing asked"}`);
    assert.ok(asked.length <= 3, asked.join());
    assert.ok(
      asked.every((one) => one === "GET /api/v1/live 401"),
      asked.join(),
    );
    assert.notEqual(again?.flow_id, reauth.flow_id);
    const made = await makeToken(hub, "by hand again");
    const done = await flows.submit(again?.flow_id as string, { token: made.secret });
    assert.deepEqual([done.type, done.reason], ["abort", "reauth_successful"]);
    await eventually(30, () => oneEntry("loaded"));
    await isAvailable(true);
  });

  test("neither the integration nor the hub left a complaint in Core's log", () => {
    const complaints = core
      .logText()
      .split("\n")
      .filter((line) => /ERROR|Traceback/.test(line) && line.includes(DOMAIN))
      // Once for each time that the hub was lost.
      .filter((line) => !line.includes("Error requesting HA Ingestor data"));
    assert.deepEqual(complaints, []);
  });

  const isIntegration = (token: object) => "name" in token && token.name === "Home Assistant integration";
}

async function remove(hub: Hub, path: string): Promise<void> {
  const answer = await fetch(new URL(path, hub.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${hub.token}` },
  });
  assert.equal(answer.status, 204);
}

async function makeToken(hub: Hub, name: string): Promise<{ secret: string }> {
  const answer = await hub.post("api/v1/tokens", { name, scope: "read" });
  assert.equal(answer.status, 201);
  return { secret: ((await answer.json()) as { token: string }).token };
}

/** As Home Assistant writes it. */
function asCore({ platform, value, available, device_class }: Entry): string {
  if (!available) return "unavailable";
  if (value === null || value === undefined) return "unknown";
  if (platform === "binary_sensor") return value ? "on" : "off";
  if (device_class === "timestamp") return `${String(value).slice(0, 19)}+00:00`;
  return Number.isInteger(value) && platform === "sensor" ? String(value) : String(value);
}

type Entry = {
  key: string;
  platform: string;
  device_class?: string;
  unit?: string;
  suggested_unit?: string;
  enabled?: false;
  available: boolean;
  value?: unknown;
};
type CoreState = { entity_id: string; state: string; attributes: Record<string, unknown> };
type CoreEntity = {
  id: string;
  entity_id: string;
  unique_id: string;
  platform: string;
  device_id: string | null;
  disabled_by: string | null;
};
type CoreDevice = {
  id: string;
  identifiers: [string, string][];
  entry_type: string | null;
  configuration_url: string | null;
  sw_version: string | null;
};
