import { join } from "node:path";
import { coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { OpenLoopOptions, OpenLoopResult } from "../clients/open-loop.ts";
import type { Bench, Goal, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { type MemorySamples, residentBytes, sampleMemory } from "../measure/process.ts";
import { endOfCoreLoad, recorderIdle, startCoreLoad } from "../peers/core.ts";
import { startHome } from "../workload/home.ts";
import { connected, sealedRows } from "../workload/tally.ts";

const ENTITIES = 2000;
const STORED = 1_000_000;
/** Fast enough to be done in a minute, slow enough that the simulated home's queues stay short. */
const FILL_RATE = 15_000;
const RATE = 500;
const LIVE_CLIENTS = 10;
/** More than an open segment holds. */
const OPEN_ROWS = 60_000;
const STATUS_RATE = 50;

export const p11: Bench = {
  id: "P11",
  title: "memory with 2,000 entities and 1 M changes in the tail",
  workload:
    "mixed: 1 M changes of 2,000 entities, then 500 changes/s, 50 status requests/s, 1 range query/s, 10 live clients",
  unavailable: async () => false,
  run: async (context) => {
    const ours = await hubSide(context);
    const core = await coreSide(context);
    const goals: Goal[] = [{ of: "ours", must: "at most", limit: 150 }];
    const peer = (value: number | undefined) => (value === undefined ? {} : { peer: { name: "Core", value } });
    return {
      measures: [
        {
          name: "RSS while in use, median",
          unit: "MB",
          ours: ours.use.median / 1e6,
          ...peer(core?.median),
          goals: [...goals, { of: "ours / peer", must: "at most", limit: 1 / 3 }],
        },
        {
          name: "RSS while in use, peak",
          unit: "MB",
          ours: ours.use.peak / 1e6,
          ...peer(core?.peak),
          goals: [...goals, { of: "ours / peer", must: "at most", limit: 1 / 3 }],
        },
        { name: `RSS, peak while 1 M changes arrive at ${FILL_RATE}/s`, unit: "MB", ours: ours.fill.peak / 1e6 },
        { name: "RSS after a start with 1 M changes stored", unit: "MB", ours: ours.started / 1e6 },
        {
          name: "changes that live clients lost",
          unit: "",
          ours: ours.lost,
          goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
        },
      ],
      notes: [
        `RSS each second for ${ours.seconds} s of use, of the process that had stored the million before. Core: the same number of entities and changes by its own load at full speed (numbers and attributes), recorder on and caught up, then 500 changes/s to one client for ${ours.seconds} s.`,
      ],
    };
  },
};

async function hubSide({ form, folder, hubEntry, say }: RunContext) {
  const seconds = form === "short" ? 60 : 3600;
  const home = await startHome({ entities: ENTITIES });
  const options = { haUrl: home.url, haToken: home.token, dataDir: join(folder, "hub"), entry: hubEntry };
  const hub = await startHub(options);
  const load = await startChild(join(import.meta.dirname, "../clients/open-loop.ts"));
  const ranges = await startChild(join(import.meta.dirname, "../clients/open-loop.ts"));
  const listeners = await startChild(join(import.meta.dirname, "../clients/listeners.ts"));
  const changesOf = async () => (await hub.json<{ totals: { changes: number } }>("api/v1/status")).totals.changes;
  try {
    await connected(hub);
    const filling = sampleMemory(hub.pid);
    await home.start({ mixed: true, registered: true, rate: FILL_RATE, entities: ENTITIES, count: STORED });
    await home.ended();
    await eventually(120, async () => {
      const held = await changesOf();
      if (held < STORED) throw new Error(`the hub holds ${held} of ${STORED} changes`);
    });
    const fill = filling();
    say(`filled: peak ${(fill.peak / 1e6).toFixed(0)} MB`);
    // An hour of use is not the minute after a million changes at once: what that left to be sealed is sealed first.
    await eventually(300, async () => {
      const sealed = await sealedRows(hub);
      if (sealed < STORED - OPEN_ROWS) throw new Error(`${sealed} of ${STORED} changes are sealed`);
    });
    await listeners.ask("open", { url: hub.url, token: hub.token, clients: LIVE_CLIENTS });
    await home.start({ mixed: true, registered: true, rate: RATE, entities: ENTITIES });
    const sampled = sampleMemory(hub.pid);
    const base = { url: hub.url, token: hub.token, seconds, warmUpSeconds: 0 };
    const states = await hub.json<{ states: { entity_id: string }[] }>("api/v1/states?domain=sensor");
    const names = states.states.map(({ entity_id }) => entity_id);
    const [status, range] = await Promise.all([
      load.ask<OpenLoopResult>("run", {
        ...base,
        rate: STATUS_RATE,
        connections: 4,
        paths: names.map((name) => `api/v1/states/${name}`),
      } satisfies OpenLoopOptions),
      ranges.ask<OpenLoopResult>("run", {
        ...base,
        rate: 1,
        connections: 1,
        paths: names.map((name) => `api/v1/history/${name}?limit=1000`),
      } satisfies OpenLoopOptions),
    ]);
    if (status.failed + range.failed > 0)
      throw new Error(`${status.failed} status and ${range.failed} range queries failed`);
    const use = sampled();
    await home.end();
    const { lost } = await listeners.ask<{ lost: number }>("figures");
    await listeners.stop();
    await hub.stop();
    const again = await startHub(options);
    await connected(again);
    const started = residentBytes(again.pid);
    await again.stop();
    say(`in use: median ${(use.median / 1e6).toFixed(0)}, peak ${(use.peak / 1e6).toFixed(0)} MB`);
    return { fill, use, started, lost, seconds };
  } finally {
    for (const child of [load, ranges, listeners]) await child.stop();
    await hub.stop();
    await home.close();
  }
}

async function coreSide({ form, say }: RunContext): Promise<MemorySamples | undefined> {
  if (await coreUnavailable()) return undefined;
  const seconds = form === "short" ? 60 : 3600;
  const core = await startCore({ name: "bench-p11" });
  const client = await startChild(join(import.meta.dirname, "../clients/discard.ts"));
  const mix = { number: 80, attributes: 15, vanished: 5 };
  try {
    const load = { entities: ENTITIES, prefix: "bench", mix, seed: 1 };
    for (let made = 0; made < STORED; made += STORED / 20) {
      await endOfCoreLoad(core, await startCoreLoad(core, { ...load, count: STORED / 20 }));
      // A recorder that falls behind by 65,000 events gives up; it is let catch up.
      const { recording } = await recorderIdle(core);
      if (!recording) throw new Error("Core's recorder stopped: the two sides would not hold the same");
    }
    const { url, token } = core;
    await client.ask("open", { url, token, feed: "subscribe_entities", parse: false });
    const sampled = sampleMemory(core.pid());
    await endOfCoreLoad(core, await startCoreLoad(core, { ...load, count: RATE * seconds, rate: RATE }));
    const used = sampled();
    say(`Core: median ${(used.median / 1e6).toFixed(0)}, peak ${(used.peak / 1e6).toFixed(0)} MB`);
    return { median: used.median / 1e6, peak: used.peak / 1e6 };
  } finally {
    await client.stop();
    await core.stop();
  }
}
