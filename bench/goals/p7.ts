import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coreUnavailable, startCore } from "../../tests/support/core.ts";
import { type Hub, startHub } from "../../tests/support/hub.ts";
import { shimEnvironment, shimUnavailable } from "../../tests/support/shim.ts";
import type { OpenLoopOptions, OpenLoopResult } from "../clients/open-loop.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { cpuSeconds, moveToCore } from "../measure/process.ts";
import { runWrk, type WrkResult, wrkUnavailable } from "../measure/wrk.ts";
import { endOfCoreLoad, recorderIdle, startCoreLoad } from "../peers/core.ts";
import { loadEntities, loadEntity, startHome } from "../workload/home.ts";
import { connected, tally, untilState } from "../workload/tally.ts";

const ENTITIES = 2000;
const SERVER = 0;
const CLIENT = 1;
const RATE = 5000;
const FSYNC_DELAY_MS = 2000;
/** A quiet home's latency has settled after so long. */
const WARM_UP_SECONDS = 3;

export const p7: Bench = {
  id: "P7",
  title: "the status API: one entity's present state, with a token",
  workload: "core: 2,000 states in a real Core, idle; sim: 2,000 entities at 5,000 changes/s",
  unavailable: async () => wrkUnavailable(),
  run: async (context) => {
    const noCore = await coreUnavailable();
    const noShim = shimUnavailable();
    const idle = noCore ? [] : await idleMeasures(context);
    const plain = await underIngest(context, "5,000 changes/s arriving", {});
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
        `Under ingest: 2,000 requests/s on 16 connections at a constant rate, timed from the moment each was due; nothing is pinned. The client's own lateness is contained in the figures.`,
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

async function underIngest(
  { form, folder, hubEntry, say }: RunContext,
  name: string,
  env: Record<string, string>,
): Promise<Measure[]> {
  const seconds = form === "short" ? 60 : 600;
  const home = await startHome();
  const dataDir = join(folder, name.replace(/\W+/g, "-"));
  let hub: Hub | undefined;
  const client = await startChild(join(import.meta.dirname, "../clients/open-loop.ts"));
  try {
    hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir, entry: hubEntry, env });
    await connected(hub);
    await home.start({ rate: RATE, entities: ENTITIES });
    await untilState(hub, loadEntity(2 * ENTITIES, ENTITIES), String(2 * ENTITIES), 60);
    const cpu = cpuSeconds(hub.pid);
    const before = await home.made();
    const result = await client.ask<OpenLoopResult>("run", {
      url: hub.url,
      token: hub.token,
      paths: loadEntities(ENTITIES).map((entity) => `api/v1/states/${entity}`),
      rate: 2000,
      connections: 16,
      seconds,
      warmUpSeconds: WARM_UP_SECONDS,
    } satisfies OpenLoopOptions);
    const elapsed = seconds + WARM_UP_SECONDS;
    const cpuShare = (cpuSeconds(hub.pid) - cpu) / elapsed;
    const arrived = ((await home.made()) - before) / elapsed;
    const made = await home.end();
    await untilState(hub, loadEntity(made - 1, ENTITIES), String(made - 1), 60);
    const counted = await tally(hub, loadEntities(ENTITIES), made, ({ state }) => Number(state));
    say(
      `${name}: p50 ${result.p50.toFixed(2)} ms, p99 ${result.p99.toFixed(2)} ms, longest ${result.longest.toFixed(1)} ms`,
    );
    if (arrived < 0.95 * RATE) say(`only ${Math.round(arrived)} changes/s were made: this machine is too busy`);
    const never: Goal[] = [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }];
    return [
      { name: `${name}: p99`, unit: "ms", ours: result.p99, goals: [{ of: "ours", must: "below", limit: 5 }] },
      { name: `${name}: p50`, unit: "ms", ours: result.p50 },
      { name: `${name}: longest`, unit: "ms", ours: result.longest },
      { name: `${name}: the client's own lateness, p99`, unit: "ms", ours: result.ownLatenessP99 },
      { name: `${name}: requests that failed`, unit: `of ${result.asked}`, ours: result.failed, goals: never },
      {
        name: `${name}: changes lost`,
        unit: `of ${made.toLocaleString("en-US")}`,
        ours: counted.missing + counted.twice + counted.strange,
        goals: never,
      },
      {
        name: `${name}: rate`,
        unit: "changes/s",
        ours: arrived,
        goals: [{ of: "ours", must: "at least", limit: 0.95 * RATE }],
      },
      { name: `${name}: the hub's processors`, unit: "%", ours: 100 * cpuShare },
    ];
  } finally {
    await hub?.stop();
    await client.stop();
    await home.close();
  }
}
