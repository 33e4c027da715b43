import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../src/platform/time/clock.ts";
import type { Log } from "../../src/platform/told/log.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { openControlClient } from "../support/core/control-client.ts";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { runLoad } from "../support/core/load.ts";
import { openWire } from "../support/hub/wire-client.ts";
import { CONTEXTS } from "./contract/contexts.ts";
import { ENDINGS } from "./contract/endings.ts";
import { HISTORY } from "./contract/history.ts";
import { LISTS } from "./contract/lists.ts";
import type { Peer } from "./contract/peer.ts";
import { REGISTRIES } from "./contract/registries.ts";
import { REST } from "./contract/rest.ts";
import { WIRE } from "./contract/wire.ts";

const CONTRACT_TRIGGER = { entity_id: "input_boolean.contract_trigger" };
const PACKAGE = `
input_boolean:
  contract_trigger:
script:
  contract_script:
    sequence:
      - action: light.turn_on
        target: { entity_id: light.bed_light }
automation:
  - id: contract_automation
    alias: Contract automation
    triggers:
      - trigger: state
        entity_id: input_boolean.contract_trigger
        to: "on"
    actions:
      - action: light.turn_on
        target: { entity_id: light.ceiling_lights }
        data: { brightness: 77 }
`;

/** The same requests to the simulated home and to a real Home Assistant: the answers must be equal. */
const skip = await coreUnavailable();

let core: Core;
let sim: Simulator;
let peers: { simulator: Peer; core: Peer };

before(async () => {
  if (skip) return;
  core = await startCore({ name: "contract", packages: { contract: PACKAGE } });
  const lines: string[] = [];
  sim = await startSimulator({ seed: "contract", history: { days: 0 }, log: logInto(lines) });
  peers = {
    simulator: {
      name: "simulator",
      url: sim.url,
      token: sim.token,
      light: "light.floor_lamp",
      otherLight: "light.desk_lamp",
      script: "movie_time",
      guest: async () => ({ url: sim.url, token: sim.guestToken }),
      automated: async () => {
        // A winter evening, and minutes pass in seconds: somebody soon walks past a motion sensor in the dark.
        const evening = Date.UTC(2026, 0, 13, 17, 30) * 1000 - systemClock.now();
        const clock = { ...systemClock, now: () => systemClock.now() + evening };
        const fast = await startSimulator({ seed: "contract", history: { days: 0 }, clock, speed: 600 });
        return { url: fast.url, token: fast.token, provoke: async () => {}, [Symbol.asyncDispose]: () => fast.close() };
      },
      logText: () => lines.join("\n"),
      restart: () => sim.faults.restart({ downMs: 200 }),
      flood: (count) => sim.load.start({ flood: true, count }).done,
    },
    core: {
      name: "Core",
      url: core.url,
      token: core.token,
      light: "light.bed_light",
      otherLight: "light.office_rgbw_lights",
      script: "contract_script",
      guest: async () => ({ url: core.url, token: await addGuest(core) }),
      automated: async () => ({
        url: core.url,
        token: core.token,
        provoke: async () => {
          const control = await openControlClient({ url: core.url, token: core.token });
          await control.action("input_boolean.turn_on", CONTRACT_TRIGGER, { answers: false });
          await control.close();
        },
        [Symbol.asyncDispose]: async () => {},
      }),
      logText: () => core.logText(),
      restart: () => core.restart(),
      flood: async (count) => {
        const control = await openControlClient({ url: core.url, token: core.token });
        await runLoad(control, { count });
        await control.close();
      },
    },
  };
});
after(async () => {
  await sim?.close();
  await core?.stop();
});

for (const { promise, ask } of LISTS)
  test(`the simulator has every key of Core, of a kind that Core uses: ${promise}`, {
    skip,
    timeout: 90_000,
  }, async () => {
    const [simulated, real] = [await ask(peers.simulator), await ask(peers.core)];
    const missing = Object.keys(real).filter((key) => !(key in simulated));
    assert.deepEqual(missing, []);
    // A key that Core's few examples leave null may have its kind here; one that has a kind there keeps it here.
    const wrong = Object.entries(real).filter(([key, kinds]) => {
      const known = kinds.filter((kind) => kind !== "null");
      return known.length > 0 && !simulated[key]?.every((kind) => kind === "null" || known.includes(kind));
    });
    assert.deepEqual(wrong, []);
  });

for (const { promise, ask } of [...WIRE, ...CONTEXTS, ...REST, ...HISTORY, ...REGISTRIES, ...ENDINGS])
  test(`simulator and Core alike: ${promise}`, { skip, timeout: 90_000 }, async () => {
    assert.deepEqual(await ask(peers.simulator), await ask(peers.core));
  });

/** A user of Core who may look but not administer, logged in as a browser does it. */
async function addGuest({ url, token }: Core): Promise<string> {
  const wire = await openWire({ url, token });
  const { user } = await wire.result<{ user: { id: string } }>("config/auth/create", {
    name: "Guest",
    group_ids: ["system-users"],
  });
  const login = { username: "guest", password: "contract-guest" };
  await wire.result("config/auth_provider/homeassistant/create", { user_id: user.id, ...login });
  wire.close();
  const client_id = `${url}/`;
  const post = async (path: string, body: string, type: string) => {
    const response = await fetch(`${url}${path}`, { method: "POST", headers: { "content-type": type }, body });
    return (await response.json()) as { flow_id: string; result: string; access_token: string };
  };
  const flow = { client_id, handler: ["homeassistant", null], redirect_uri: client_id };
  const { flow_id } = await post("/auth/login_flow", JSON.stringify(flow), "application/json");
  const answer = JSON.stringify({ client_id, ...login });
  const { result: code } = await post(`/auth/login_flow/${flow_id}`, answer, "application/json");
  const grant = new URLSearchParams({ grant_type: "authorization_code", code, client_id });
  return (await post("/auth/token", String(grant), "application/x-www-form-urlencoded")).access_token;
}

function logInto(lines: string[]): Log {
  const write = (message: string) => void lines.push(message);
  const log: Log = { debug: write, info: write, warning: write, error: write, for: () => log };
  return log;
}
