import { join } from "node:path";
import { coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { DiscardFigures, DiscardOptions } from "../clients/discard.ts";
import type { Bench, Measure } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { cpuSeconds, moveToCore, onCore, residentBytes } from "../measure/process.ts";
import { discardRate } from "../peers/feed-rate.ts";
import { loadEntities, loadEntity, startHome } from "../workload/home.ts";
import { connected, tally, untilState } from "../workload/tally.ts";

const ENTITIES = 2000;
/** The reader on one core with all its threads, the home on the other. */
const READER = 0;
const HOME = 1;
const LOAD = { asFastAsPossible: true, entities: ENTITIES } as const;

export const p4b: Bench = {
  id: "P4b",
  title: "the hub's own ingest path, from the socket to the store",
  workload: "sim: numeric changes of 2,000 entities as deltas of subscribe_entities, as fast as the reader takes them",
  unavailable: async () => false,
  run: async ({ form, run, folder, hubEntry, say }) => {
    const changes = form === "short" ? 1_000_000 : 5_000_000;
    let parsed: { perSecond: number; bytesPerChange: number } | undefined;
    let ours: Awaited<ReturnType<typeof hubSide>> | undefined;
    for (const side of run % 2 === 1 ? ["floor", "hub"] : ["hub", "floor"]) {
      if (side === "floor") parsed = await parseOnly(changes);
      else ours = await hubSide(changes, folder, hubEntry);
    }
    if (!parsed || !ours) throw new Error("a side was not measured");
    say(`the hub ${Math.round(ours.perSecond)} changes/s, parsing alone ${Math.round(parsed.perSecond)}`);
    const core = await coreFeed(form === "short" ? 8 : 60);
    const rate: Measure = {
      name: "stored, socket to committed",
      unit: "changes/s",
      ours: ours.perSecond,
      goals: [
        { of: "ours", must: "at least", limit: 100_000 },
        { of: "ours / peer", must: "at least", limit: 6.3 },
      ],
    };
    return {
      measures: [
        core === undefined ? rate : { ...rate, peer: { name: "Core's fastest feed", value: core } },
        {
          name: "stored, against the floor",
          unit: "changes/s",
          ours: ours.perSecond,
          peer: { name: "parse only", value: parsed.perSecond },
        },
        {
          name: "changes lost, stored twice or not made",
          unit: `of ${changes.toLocaleString("en-US")}`,
          ours: ours.missing + ours.twice + ours.strange,
          goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
        },
        { name: "processor time, all threads", unit: "µs/change", ours: (ours.cpu / changes) * 1e6 },
        { name: "on the wire", unit: "B/change", ours: parsed.bytesPerChange },
        { name: "memory at the end of it", unit: "MB", ours: ours.memory / 1e6 },
      ],
      notes: [
        "The hub with all its threads on one core, the simulated home on the other. The clock stops when the API answers with the last change; then all are read back and counted. Committed means written to the file and found by queries, as the store promises for kill -9; syncs go on beside it.",
      ],
    };
  },
};

async function parseOnly(changes: number) {
  const home = await startHome({ core: HOME });
  const client = await startChild(join(import.meta.dirname, "../clients/discard.ts"), { core: READER });
  try {
    const options: DiscardOptions = { url: home.url, token: home.token, feed: "subscribe_entities", parse: true };
    await client.ask("open", options);
    await client.ask("reset");
    const began = performance.now();
    await home.start({ ...LOAD, count: changes });
    await home.ended();
    await client.ask("drained");
    const seconds = (performance.now() - began) / 1000;
    const figures = await client.ask<DiscardFigures>("figures");
    if (figures.changes < changes) throw new Error(`only ${figures.changes} of ${changes} changes were counted`);
    return { perSecond: changes / seconds, bytesPerChange: figures.bytes / changes };
  } finally {
    await client.stop();
    await home.close();
  }
}

async function hubSide(changes: number, folder: string, entry: string) {
  const home = await startHome({ core: HOME });
  const dataDir = join(folder, "hub");
  const hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir, entry, under: onCore(READER) });
  try {
    await connected(hub);
    const cpu = cpuSeconds(hub.pid);
    const began = performance.now();
    await home.start({ ...LOAD, count: changes });
    const ended = await untilState(hub, loadEntity(changes - 1, ENTITIES), String(changes - 1), 600);
    const used = cpuSeconds(hub.pid) - cpu;
    const memory = residentBytes(hub.pid);
    const counted = await tally(hub, loadEntities(ENTITIES), changes, ({ state }) => Number(state));
    return { ...counted, perSecond: (changes / (ended - began)) * 1000, cpu: used, memory };
  } finally {
    await hub.stop();
    await home.close();
  }
}

async function coreFeed(seconds: number): Promise<number | undefined> {
  if (await coreUnavailable()) return undefined;
  const core = await startCore({ name: "bench-p4b" });
  try {
    moveToCore(core.pid(), HOME);
    await discardRate(core, "subscribe_entities", { prefix: "warm", seconds: 3, clientCore: READER });
    const options = { prefix: "bench", seconds, clientCore: READER };
    return (await discardRate(core, "subscribe_entities", options)).perSecond;
  } finally {
    await core.stop();
  }
}
