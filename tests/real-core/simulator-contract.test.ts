import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Log } from "../../src/platform/log.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { openControlClient } from "../support/control-client.ts";
import { type Core, coreUnavailable, startCore } from "../support/core.ts";
import { runLoad } from "../support/load.ts";
import { ENDINGS } from "./contract/endings.ts";
import { HISTORY } from "./contract/history.ts";
import type { Peer } from "./contract/peer.ts";
import { LISTS, REGISTRIES, REST } from "./contract/registries.ts";
import { CONTEXTS, WIRE } from "./contract/wire.ts";

/** The same requests to the simulated home and to a real Home Assistant: the answers must be equal. */
const skip = await coreUnavailable();

let core: Core;
let sim: Simulator;
let peers: { simulator: Peer; core: Peer };

before(async () => {
  if (skip) return;
  core = await startCore({ name: "contract" });
  const lines: string[] = [];
  sim = await startSimulator({ seed: "contract", history: { days: 0 }, log: logInto(lines) });
  peers = {
    simulator: {
      name: "simulator",
      url: sim.url,
      token: sim.token,
      light: "light.floor_lamp",
      otherLight: "light.desk_lamp",
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
  test(`the simulator has every key of Core, of a kind that Core uses: ${promise}`, { skip }, async () => {
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
  test(`simulator and Core alike: ${promise}`, { skip }, async () => {
    assert.deepEqual(await ask(peers.simulator), await ask(peers.core));
  });

function logInto(lines: string[]): Log {
  const write = (message: string) => void lines.push(message);
  const log: Log = { debug: write, info: write, warning: write, error: write, for: () => log };
  return log;
}
