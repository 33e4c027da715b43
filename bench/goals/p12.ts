import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coreUnavailable, freePort, startCore } from "../../tests/support/core/core.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { type Hub, startHub } from "../../tests/support/hub/hub.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { firstAnswer, timeToAnswer } from "../measure/cold-start.ts";
import { startedAt } from "../measure/process.ts";
import { median, quantile } from "../measure/statistics.ts";
import { openStored } from "../measure/stored.ts";
import { createGrown, grow } from "../workload/grown.ts";
import { loadEntities, loadEntity, startHome } from "../workload/home.ts";
import { connected, tally, untilState } from "../workload/tally.ts";

const ENTITIES = 2000;
const STORED = 1_000_000;
const KILL_RATE = 2000;

export const p12: Bench = {
  id: "P12",
  title: "from the start of the process to the first right status answer, 1 M changes in the tail",
  workload: "sim: 1 M numeric changes of 2,000 entities; clean stops at rest, kill -9 at 2,000 changes/s",
  unavailable: async () => false,
  run: async (context) => {
    const times = context.form === "short" ? 5 : 20;
    const past = Math.max(0, (context.changes ?? STORED) - STORED);
    const hub = await hubSide(context, times, past);
    const boots = await coreBoots(context, context.form === "short" ? 1 : 3);
    const goals: Goal[] = [{ of: "ours", must: "at most", limit: 1 }];
    const measure = (name: string, seconds: readonly number[]): Measure[] => [
      {
        name: `${name}, median of ${times}`,
        unit: "s",
        ours: median(seconds),
        ...(boots ? { peer: { name: "Core's boot", value: median(boots) } } : {}),
        goals: [...goals, { of: "ours / peer", must: "at most", limit: 0.25 }],
      },
      { name: `${name}, slowest`, unit: "s", ours: quantile(seconds, 1), goals },
    ];
    return {
      measures: [
        ...measure("after a clean stop", hub.clean),
        ...measure("after kill -9", hub.killed),
        {
          name: "changes lost, stored twice or not made, over all kills",
          unit: `of ${hub.made.toLocaleString("en-US")}`,
          ours: hub.missing + hub.twice + hub.strange,
          goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
        },
      ],
      notes: [
        ...(past > 0
          ? [`Before that million the store holds ${past.toLocaleString("en-US")} sealed changes of other entities.`]
          : []),
        "Right: after a clean stop the very state it stopped with; after kill -9 no older than the last answer before it. Files in the system's cache, as at any restart. The start that is timed finds no Home Assistant at its address: only its own files can tell it.",
        "Core: from the start of its process to GET /api/states/<id> answering 200 for an entity of the demo integration.",
      ],
    };
  },
};

async function hubSide({ folder, hubEntry, say }: RunContext, times: number, past: number) {
  if (past > 0) {
    const store = await openStored(join(folder, "hub/home/store"));
    await grow(store, createGrown(past), past);
    await store.seal();
    await store.close();
    say(`${past} changes are stored and sealed`);
  }
  const home = await startHome({ recorderRows: 2 * STORED });
  const dataDir = join(folder, "hub");
  const port = await freePort();
  const nobody = { haUrl: `http://127.0.0.1:${await freePort()}`, haToken: home.token, dataDir, port, entry: hubEntry };
  const start = async (): Promise<Hub> => {
    const hub = await startHub({ ...nobody, haUrl: home.url });
    await connected(hub);
    return hub;
  };
  const stateOf = (body: string) => Number((JSON.parse(body) as { state: string }).state);
  let hub = await start();
  try {
    await home.start({ asFastAsPossible: true, entities: ENTITIES, count: STORED });
    const last = loadEntity(STORED - 1, ENTITIES);
    await untilState(hub, last, String(STORED - 1), 300);
    await hub.stop();
    const clean: number[] = [];
    for (let i = 0; i < times; i++) {
      const right = {
        path: `api/v1/states/${last}`,
        token: hub.token,
        passes: (b: string) => stateOf(b) === STORED - 1,
      };
      clean.push((await timeToAnswer(nobody, right)) / 1000);
    }
    say(`after a clean stop: ${clean.map((seconds) => seconds.toFixed(2)).join(", ")} s`);

    const killed: number[] = [];
    let made = STORED;
    for (let i = 0; i < times; i++) {
      hub = await start();
      await home.start({ rate: KILL_RATE, entities: ENTITIES });
      const seen = await watchUntilKill(hub, 1500 + ((i * 617) % 1500));
      made += await home.end();
      const right = {
        path: "api/v1/states/sensor.load_7",
        token: hub.token,
        passes: (b: string) => stateOf(b) >= seen,
      };
      killed.push((await timeToAnswer(nobody, right)) / 1000);
    }
    say(`after kill -9: ${killed.map((seconds) => seconds.toFixed(2)).join(", ")} s`);
    hub = await start();
    await eventually(120, () => {
      if (!hub.logText().includes("what was missed is filled")) throw new Error(`not filled\n${hub.logText()}`);
    });
    const counted = await tally(hub, loadEntities(ENTITIES), made, ({ state }) => Number(state));
    return { clean, killed, made, ...counted };
  } finally {
    await hub.stop();
    await home.close();
  }
}

/** Asks for one entity all the time, kills the hub in between, and answers with the last state it was told. */
async function watchUntilKill(hub: Hub, afterMs: number): Promise<number> {
  let seen = -1;
  const end = performance.now() + afterMs;
  while (performance.now() < end) {
    const response = await hub.get("api/v1/states/sensor.load_7");
    if (response.ok) seen = Number(((await response.json()) as { state: string }).state);
  }
  await hub.kill();
  return seen;
}

/** Seconds of each boot; undefined: no Core on this machine. */
async function coreBoots({ say }: RunContext, times: number): Promise<number[] | undefined> {
  if (await coreUnavailable()) return undefined;
  const core = await startCore({ name: "bench-p12" });
  try {
    const boots: number[] = [];
    for (let i = 0; i < times; i++) {
      await core.shutDown();
      const url = `${core.url}/api/states/sensor.outside_temperature`;
      const [answered] = await Promise.all([firstAnswer(url, core.token, () => true).then(uptime), core.start()]);
      boots.push(answered - startedAt(core.pid()));
    }
    say(`Core's boot: ${boots.map((seconds) => seconds.toFixed(2)).join(", ")} s`);
    return boots;
  } finally {
    await core.stop();
  }
}

/** Seconds since the machine started. */
const uptime = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
