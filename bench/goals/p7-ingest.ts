import { join } from "node:path";
import { type Hub, startHub } from "../../tests/support/hub/hub.ts";
import type { Download, Downloaded } from "../clients/download.ts";
import type { OpenLoopOptions, OpenLoopResult } from "../clients/open-loop.ts";
import type { Goal, Measure, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { cpuSeconds } from "../measure/process.ts";
import { loadEntities, loadEntity, startHome } from "../workload/home.ts";
import { connected, sealedRows, tally, untilState } from "../workload/tally.ts";

const ENTITIES = 2000;
const RATE = 5000;
/** What is recorded before the time begins, and exported while it runs. */
export const EXPORTED = 420_000;
/** A quiet home's latency has settled after so long. */
const WARM_UP_SECONDS = 3;

/** Status requests while changes arrive, are sealed, and a long file is taken away. */
export async function underIngest(
  { form, folder, hubEntry, say }: RunContext,
  name: string,
  env: Record<string, string>,
): Promise<Measure[]> {
  const seconds = form === "short" ? 60 : 600;
  const home = await startHome();
  const dataDir = join(folder, name.replace(/\W+/g, "-"));
  let hub: Hub | undefined;
  const client = await startChild(join(import.meta.dirname, "../clients/open-loop.ts"));
  const download = await startChild(join(import.meta.dirname, "../clients/download.ts"));
  try {
    hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir, entry: hubEntry, env });
    await connected(hub);
    await home.start({ asFastAsPossible: true, entities: ENTITIES, count: EXPORTED });
    await untilState(hub, loadEntity(EXPORTED - 1, ENTITIES), String(EXPORTED - 1), 300);
    const until = new Date().toISOString();
    await home.start({ rate: RATE, entities: ENTITIES });
    await untilState(hub, loadEntity(EXPORTED + 2 * ENTITIES, ENTITIES), String(EXPORTED + 2 * ENTITIES), 60);
    const cpu = cpuSeconds(hub.pid);
    const before = await home.made();
    const sealedBefore = await sealedRows(hub);
    const exporting = download.ask<Downloaded>("take", {
      url: new URL(`api/v1/export?format=ndjson&entity=sensor.load_*&to=${until}`, hub.url).href,
      token: hub.token,
    } satisfies Download);
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
    const made = EXPORTED + (await home.end());
    const file = await exporting;
    const sealed = (await sealedRows(hub)) - sealedBefore;
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
      {
        name: `${name}: changes sealed meanwhile`,
        unit: "",
        ours: sealed,
        goals: [{ of: "ours", must: "at least", limit: 1, inEveryRun: true }],
      },
      {
        name: `${name}: rows exported meanwhile`,
        unit: `in ${file.seconds.toFixed(1)} s`,
        ours: Number(/"readings":(\d+)/.exec(file.lastLine)?.[1]),
        goals: [{ of: "ours", must: "at least", limit: EXPORTED, inEveryRun: true }],
      },
    ];
  } finally {
    await hub?.stop();
    await client.stop();
    await download.stop();
    await home.close();
  }
}
