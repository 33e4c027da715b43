import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { shimEnvironment, shimUnavailable } from "../../tests/support/disk/shim.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { moveToCore } from "../measure/process.ts";
import { runWrk, type WrkResult, wrkUnavailable } from "../measure/wrk.ts";
import { endOfCoreLoad, recorderIdle, startCoreLoad } from "../peers/core.ts";
import { connected } from "../workload/tally.ts";
import { EXPORTED, underIngest } from "./p7-ingest.ts";

const ENTITIES = 2000;
const SERVER = 0;
const CLIENT = 1;
const FSYNC_DELAY_MS = 2000;

export const p7: Bench = {
  id: "P7",
  title: "the status API: one entity's present state, with a token",
  workload: "core: 2,000 states in a real Core, idle; sim: 2,000 entities at 5,000 changes/s",
  unavailable: async () => wrkUnavailable(),
  run: async (context) => {
    const noCore = await coreUnavailable();
    const noShim = shimUnavailable();
    const idle = noCore ? [] : await idleMeasures(context);
    const plain = await underIngest(context, "5,000 changes/s, sealing and an export", {});
    const log = join(context.folder, "syncs");
    const slow = noShim
      ? []
      : await underIngest(
          context,
          `the same, each sync ${FSYNC_DELAY_MS / 1000} s longer`,
          shimEnvironment({ fsyncDelayMs: FSYNC_DELAY_MS, log }),
        );
    const syncs = noShim ? 0 : readFileSync(log, "utf8").split("\n").length - 1;
    // Without one the part above would prove nothing.
    const delayed: Measure = {
      name: "syncs that were delayed",
      unit: "",
      ours: syncs,
      goals: [{ of: "ours", must: "at least", limit: 1, inEveryRun: true }],
    };
    return {
      measures: [...idle, ...plain, ...slow, ...(noShim ? [] : [delayed])],
      notes: [
        "Idle: wrk with one thread; the server alone on one core, wrk on the other. The hub is connected to the Core that is its peer, both answer for the same entity. Bare node:http sends the hub's own answer to everybody, unasked for a token.",
        `Under ingest: 2,000 requests/s on 16 connections at a constant rate, timed from the moment each was due; nothing is pinned. The client's own lateness is contained in the figures. Meanwhile segments of the log close and are sealed with their summaries of days, and everything recorded before the time began, ${EXPORTED.toLocaleString("en-US")} rows or more, is exported as NDJSON.`,
        ...(noCore ? [`Not compared with Core: ${noCore}`] : []),
        ...(noShim ? [`Not measured with slow syncs: ${noShim}`] : []),
      ],
    };
  },
};

async function idleMeasures({ form, run, folder, hubEntry, say }: RunContext): Promise<Measure[]> {
  const seconds = form === "short" ? 5 : 30;
  const core = await startCore({ name: "bench-p7" });
  const bare = await startChild(join(import.meta.dirname, "../peers/bare-http.ts"), { core: SERVER });
  try {
    const load = { count: 2 * ENTITIES, rate: 4000, entities: ENTITIES, prefix: "bench", mix: { number: 1 }, seed: 1 };
    await endOfCoreLoad(core, await startCoreLoad(core, load));
    await recorderIdle(core);
    const hub = await startHub({
      haUrl: core.url,
      haToken: core.token,
      dataDir: join(folder, "idle"),
      entry: hubEntry,
    });
    try {
      await connected(hub);
      const path = "api/v1/states/sensor.bench_7";
      const url = await bare.ask<string>("start", await (await hub.get(path)).text());
      moveToCore(hub.pid, SERVER);
      moveToCore(core.pid(), SERVER);
      const sides = {
        hub: { url: new URL(path, hub.url).href, token: hub.token },
        core: { url: `${core.url}/api/states/sensor.bench_7`, token: core.token },
        bare: { url },
      };
      const order = ["hub", "core", "bare"] as const;
      const one = {} as Record<keyof typeof sides, WrkResult>;
      const sixteen = {} as Record<keyof typeof sides, WrkResult>;
      for (const [results, connections] of [
        [one, 1],
        [sixteen, 16],
      ] as const)
        for (const side of run % 2 === 1 ? order : order.toReversed()) {
          await runWrk({ ...sides[side], connections, seconds: 1, core: CLIENT });
          results[side] = await runWrk({ ...sides[side], connections, seconds, core: CLIENT });
        }
      for (const [side, { failed }] of [...Object.entries(one), ...Object.entries(sixteen)])
        if (failed > 0) throw new Error(`${side} refused ${failed} requests of an idle run`);
      say(`16 connections: hub ${sixteen.hub.requestsPerSecond}, Core ${sixteen.core.requestsPerSecond} requests/s`);
      return idleFigures(one, sixteen);
    } finally {
      await hub.stop();
    }
  } finally {
    await bare.stop();
    await core.stop();
  }
}

type Sides = Record<"hub" | "core" | "bare", WrkResult>;

function idleFigures(one: Sides, sixteen: Sides): Measure[] {
  const latency = (name: string, of: "p50" | "p99", goals: Goal[]): Measure => ({
    name,
    unit: "ms",
    ours: one.hub[of],
    peer: { name: "Core", value: one.core[of] },
    goals,
  });
  const throughput = (peer: "core" | "bare", name: string, limit: number): Measure => ({
    name: `idle, 16 connections, beside ${name}`,
    unit: "requests/s",
    ours: sixteen.hub.requestsPerSecond,
    peer: { name, value: sixteen[peer].requestsPerSecond },
    goals: [{ of: "ours / peer", must: "at least", limit }],
  });
  const half: Goal[] = [{ of: "ours / peer", must: "at most", limit: 0.5 }];
  return [
    latency("idle, 1 connection, p50", "p50", half),
    latency("idle, 1 connection, p99", "p99", half),
    throughput("core", "Core", 4),
    throughput("bare", "bare node:http", 0.5),
  ];
}
