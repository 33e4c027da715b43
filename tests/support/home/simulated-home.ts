import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emitted } from "../../../src/simulator/load/witness.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/simulator.ts";
import { eventually } from "../eventually.ts";
import { type Hub, type HubOptions, startHub } from "../hub/hub.ts";
import { type HubReader, type HubRow, readHub } from "../hub/hub-reader.ts";

/** The simulated home in this process, and a hub of its own process that records it. */
export type SimulatedHome = AsyncDisposable & {
  readonly sim: Simulator;
  readonly hub: Hub;
  readonly reader: HubReader;
  /** SIGKILL, or SIGTERM. */
  stopHub(how: "kill" | "term"): Promise<void>;
  startHub(): Promise<void>;
  /** Resolves when the hub shows the present state of every entity as Home Assistant has it. */
  caughtUp(): Promise<void>;
  /** Resolves when the hub has said so often, since its present process began, that it has filled a hole. */
  filled(times?: number): Promise<void>;
  part(name: string): Promise<Part | undefined>;
};

export type Part = {
  part: string;
  state: string;
  why?: string;
  fix?: string;
  figures?: Record<string, number | string | boolean | null>;
};

export type HomeOptions = {
  readonly simulator?: SimulatorOptions;
  readonly hub?: HubOptions;
  /** Run before the hub starts, so that what it makes is in the hub's first snapshot. */
  readonly before?: (sim: Simulator) => void;
};

/** Everything a test makes lies in here. */
export const ALL: readonly [from: number, to: number] = [0, 4_000_000_000_000_000];
/** The recorder of the simulated home is quicker than Home Assistant's, so that the tests are. */
const COMMIT_MS = 300;
const SETTLE_SECONDS = "0.5,1";
const PATIENCE_SECONDS = 30;

export async function openSimulatedHome(options: HomeOptions = {}): Promise<SimulatedHome> {
  const sim = await startSimulator({ seed: "link", commitMs: COMMIT_MS, ...options.simulator });
  options.before?.(sim);
  const dataDir = options.hub?.dataDir ?? mkdtempSync(join(tmpdir(), "hub-"));
  const start = () =>
    startHub({
      haUrl: sim.url,
      haToken: sim.token,
      ...options.hub,
      dataDir,
      env: { HA_INGESTOR_SETTLE_SECONDS: SETTLE_SECONDS, ...options.hub?.env },
    });
  let hub = await start().catch(async (error) => {
    await sim.close();
    throw error;
  });
  let running = true;
  const home: SimulatedHome = {
    sim,
    get hub() {
      return hub;
    },
    get reader() {
      return readHub(hub);
    },
    stopHub: async (how) => {
      running = false;
      if (how === "kill") return hub.kill();
      const code = await hub.stop();
      if (code !== 0) throw new Error(`the hub ended with ${code}:\n${hub.logText()}`);
    },
    startHub: async () => {
      hub = await start();
      running = true;
    },
    caughtUp: () =>
      eventually(PATIENCE_SECONDS, async () => {
        const { states } = await home.reader.get<{ states: WireState[] }>("api/v1/states");
        const held = new Map(states.map((state) => [state.entity_id, state]));
        for (const { entityId, state } of sim.core.states.all())
          if (held.get(entityId)?.state !== state)
            throw new Error(`the hub shows ${entityId} as ${held.get(entityId)?.state}, Home Assistant as ${state}`);
        for (const entityId of held.keys())
          if (!sim.core.states.get(entityId)) throw new Error(`the hub still shows ${entityId}`);
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${hub.logText()}`);
      }),
    filled: (times = 1) =>
      eventually(PATIENCE_SECONDS, () => {
        const said = hub.logText().split("what was missed is filled").length - 1;
        if (said < times) throw new Error(`the hub filled ${said} holes, not ${times}:\n${hub.logText()}`);
      }),
    part: async (name) =>
      (await home.reader.get<{ parts: Part[] }>("api/v1/status")).parts.find((p) => p.part === name),
    [Symbol.asyncDispose]: async () => {
      if (running) await hub.stop();
      await sim.close();
      if (options.hub?.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await home.caughtUp().catch(async (error) => {
    await home[Symbol.asyncDispose]();
    throw error;
  });
  return home;
}

type WireState = { entity_id: string; state: string | null };

/** What the load made against what the hub answers: rows told apart by entity, time in microseconds and state. */
export type Tally = {
  readonly matched: number;
  readonly missing: readonly Emitted[];
  readonly extra: readonly HubRow[];
  readonly twice: readonly HubRow[];
  /** Rows with other attributes than those made. */
  readonly altered: readonly HubRow[];
  readonly removals: { readonly made: number; readonly held: number };
};

export function tally(emitted: readonly Emitted[], rows: readonly HubRow[]): Tally {
  const made = new Map(emitted.filter(isState).map((change) => [keyOf({ ...change, time: change.updated }), change]));
  const seen = new Set<string>();
  const [extra, twice, altered]: HubRow[][] = [[], [], []];
  for (const row of rows) {
    if (row.state === null) continue;
    const key = keyOf(row);
    const change = made.get(key);
    if (!change) extra?.push(row);
    else if (seen.has(key)) twice?.push(row);
    else if (JSON.stringify(sorted(change.attributes)) !== JSON.stringify(sorted(row.attributes))) altered?.push(row);
    seen.add(key);
  }
  return {
    matched: rows.length - [extra, twice, altered].reduce((sum, list) => sum + (list?.length ?? 0), 0),
    missing: [...made].filter(([key]) => !seen.has(key)).map(([, change]) => change),
    extra: extra ?? [],
    twice: twice ?? [],
    altered: altered ?? [],
    removals: {
      made: emitted.length - emitted.filter(isState).length,
      held: rows.filter(({ state }) => state === null).length,
    },
  };
}

const isState = ({ state }: { state: string | null }) => state !== null;
const keyOf = ({ entityId, time, state }: { entityId: string; time: number; state: string | null }): string =>
  `${entityId}|${time}|${state}`;

/** Members in the order of their names, at any depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

export const loadNames = (entities: number): string[] => Array.from({ length: entities }, (_, i) => `sensor.load_${i}`);
