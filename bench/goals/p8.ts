import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { homesAreAbsent } from "../../tests/support/home/homes.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { Download, Downloaded } from "../clients/download.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { residentBytes } from "../measure/process.ts";
import { median } from "../measure/statistics.ts";
import { openStored } from "../measure/stored.ts";
import { openCoreHistory, rowsOfCore } from "../peers/core-history.ts";
import { growReplica } from "../peers/recorder/grown.ts";
import { fillBoth } from "../workload/both.ts";
import { createGrown, grow } from "../workload/grown.ts";
import { loadEntities, loadEntity, startHome } from "../workload/home.ts";
import { connected, tally, untilState } from "../workload/tally.ts";

const STORED = { short: 1_094_610, long: 10_946_100 };
const CORE_ROWS = 100_000;
const CORE_ENTITIES = 10;
const RATE = 5000;
const LOADED = 2000;
const REPEATS = 3;
const FORMATS = ["ndjson", "csv"] as const;

export const p8: Bench = {
  id: "P8",
  title: "a full export as NDJSON and as CSV",
  workload:
    "replay: a recorded flat ten times over; exported to a pipe, at rest and with 5,000 changes/s of 2,000 entities arriving",
  unavailable: async () => homesAreAbsent,
  run: async (context) => {
    const { folder, form, changes = STORED[form], say } = context;
    const ours = await hubSide(context, changes);
    const file = join(folder, "replica.db");
    growReplica(file, createGrown(changes), changes);
    const dump = changes / (await dumpSeconds(file));
    say(`sqlite3 .dump: ${Math.round(dump)} rows/s`);
    const coreRows = Math.min(CORE_ROWS, changes);
    const history = await historyRate(context, coreRows);
    const peers = [
      { peer: { name: "sqlite3 .dump of the recorder's states", value: dump }, limit: 3 },
      ...(history === undefined ? [] : [{ peer: { name: "Core's history_during_period", value: history }, limit: 4 }]),
    ];
    const never: Goal[] = [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }];
    return {
      measures: [
        ...ours.rates.flatMap(({ format, rate }) =>
          peers.map(
            ({ peer, limit }): Measure => ({
              name: `${format}, beside ${peer.name}`,
              unit: "rows/s",
              ours: rate,
              peer,
              goals: [{ of: "ours / peer", must: "at least", limit }],
            }),
          ),
        ),
        ...ours.loaded.map(
          ({ format, rise }): Measure => ({
            name: `${format}: rise of RSS meanwhile`,
            unit: "MB",
            ours: rise / 1e6,
            goals: [{ of: "ours", must: "at most", limit: 32 }],
          }),
        ),
        ...ours.loaded.map(
          ({ format, rate }): Measure => ({
            name: `${format}, with ${RATE.toLocaleString("en-US")} changes/s arriving`,
            unit: "rows/s",
            ours: rate,
          }),
        ),
        {
          name: "rows that a file lacks",
          unit: `of ${changes.toLocaleString("en-US")}`,
          ours: ours.lacking,
          goals: never,
        },
        {
          name: "changes lost meanwhile",
          unit: `of ${ours.made.toLocaleString("en-US")}`,
          ours: ours.lost,
          goals: never,
        },
      ],
      notes: [
        "Ours: GET export over HTTP with a token, usual columns (every attribute included), until the last byte; a client in a process of its own reads and counts the lines. RSS: of the hub, from before the first export of that format to the most while it runs and changes arrive.",
        `sqlite3 .dump states: the program reads the recorder's tables with the same rows and writes SQL, without entity names and attributes, which are in other tables. Core: ${coreRows.toLocaleString("en-US")} rows of ${CORE_ENTITIES} entities in one question, state and time alone.`,
      ],
    };
  },
};

async function hubSide({ folder, hubEntry, say }: RunContext, changes: number) {
  const home = await startHome();
  const dataDir = join(folder, "hub");
  const store = await openStored(join(dataDir, "home/store"));
  const grown = createGrown(changes);
  await grow(store, grown, changes);
  await store.seal();
  await store.close();
  const hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir, entry: hubEntry });
  const client = await startChild(join(import.meta.dirname, "../clients/download.ts"));
  try {
    await connected(hub);
    const before = new Date((grown.to + 1) / 1000 + 1).toISOString();
    const take = (format: string) =>
      client.ask<Downloaded>("take", {
        url: new URL(`api/v1/export?format=${format}&entity=sensor.*_*&to=${before}`, hub.url).href,
        token: hub.token,
      } satisfies Download);
    let lacking = 0;
    const rates = [];
    for (const format of FORMATS) {
      const taken: number[] = [];
      for (let i = 0; i < REPEATS; i++) {
        const { seconds, bytes, lastLine } = await take(format);
        const rows = rowsIn(lastLine);
        lacking += Math.max(0, changes - rows);
        taken.push(rows / seconds);
        if (i === 0) say(`${format}: ${rows} rows, ${bytes} B in ${seconds.toFixed(1)} s; ${lastLine.slice(0, 200)}`);
      }
      rates.push({ format, rate: median(taken) });
    }
    await home.start({ rate: RATE, entities: LOADED });
    await untilState(hub, loadEntity(2 * LOADED, LOADED), String(2 * LOADED), 60);
    const loaded = [];
    for (const format of FORMATS) {
      const start = residentBytes(hub.pid);
      let peak = start;
      const timer = setInterval(() => {
        peak = Math.max(peak, residentBytes(hub.pid));
      }, 100);
      const { seconds, lastLine } = await take(format);
      clearInterval(timer);
      lacking += Math.max(0, changes - rowsIn(lastLine));
      loaded.push({ format, rate: rowsIn(lastLine) / seconds, rise: peak - start });
    }
    const made = await home.end();
    await untilState(hub, loadEntity(made - 1, LOADED), String(made - 1), 60);
    const counted = await tally(hub, loadEntities(LOADED), made, ({ state }) => Number(state));
    return { rates, loaded, lacking, made, lost: counted.missing + counted.twice + counted.strange };
  } finally {
    await client.stop();
    await hub.stop();
    await home.close();
  }
}

/** What the last line says; both formats count their rows there. */
const rowsIn = (lastLine: string): number => Number(/"?readings"?[:=,]\s*(\d+)/.exec(lastLine)?.[1] ?? Number.NaN);

async function dumpSeconds(file: string): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now();
    const child = spawn("sqlite3", [file, ".dump states"], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.resume();
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`sqlite3 ended with ${code}`);
    taken.push((performance.now() - began) / 1000);
  }
  return median(taken);
}

/** Rows a second; undefined: no Core on this machine. */
async function historyRate({ folder, hubEntry, say }: RunContext, rows: number): Promise<number | undefined> {
  if (await coreUnavailable()) return undefined;
  const core = await startCore({ name: "bench-p8" });
  const options = { haUrl: core.url, haToken: core.token, dataDir: join(folder, "beside-core"), entry: hubEntry };
  const hub = await startHub(options);
  try {
    await connected(hub);
    await fillBoth(core, hub, { changes: rows, entities: CORE_ENTITIES, prefix: "export" });
    await hub.stop();
    const names = Array.from({ length: CORE_ENTITIES }, (_, i) => `sensor.export_${i}`);
    const history = await openCoreHistory(core);
    const rates: number[] = [];
    for (let i = 0; i < REPEATS + 1; i++) {
      const answer = await history.ask(names, { from: 0, to: Date.now() * 1000 });
      rates.push(rowsOfCore(answer).length / (answer.ms / 1000));
    }
    history.close();
    say(`Core's history: ${Math.round(median(rates.slice(1)))} rows/s`);
    return median(rates.slice(1));
  } finally {
    await hub.stop();
    await core.stop();
  }
}
