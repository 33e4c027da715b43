import { join } from "node:path";
import { microsToRfc3339 } from "../../src/domain/time/time.ts";
import { freePort } from "../../tests/support/core/core.ts";
import { homesAreAbsent } from "../../tests/support/home/homes.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { OpenLoopOptions, OpenLoopResult } from "../clients/open-loop.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { timeToAnswer } from "../measure/cold-start.ts";
import { residentBytes } from "../measure/process.ts";
import { timedRange } from "../measure/range.ts";
import { median } from "../measure/statistics.ts";
import { openStored } from "../measure/stored.ts";
import { growReplica } from "../peers/recorder/grown.ts";
import { createGrown, type Grown, grow } from "../workload/grown.ts";

const SMALL = 1_000_000;
const MEDIUM = 10_000_000;
/** Rows that are appended to a store that has grown, to see how fast that is: as many as S has. */
const LAST = 1_000_000;
const QUERIES = 40;
const STARTS = 5;
const STATUS = { rate: 500, connections: 4, seconds: 10, warmUpSeconds: 2 };
const WEEK = 7 * 86_400_000_000;

export const p10: Bench = {
  id: "P10",
  title: "what growth costs: each figure beside that of a tenth, or a hundredth, of the size",
  workload:
    "replay: a recorded flat ten times over, repeated in time in one store; S 1 M, M 10 M changes, then as many as --changes says",
  unavailable: async () => homesAreAbsent,
  run: async (context) => {
    const { changes = MEDIUM, form, folder, say } = context;
    const sizes = [...new Set([SMALL, Math.min(MEDIUM, changes), changes])].filter((size) => size <= changes);
    const grown = createGrown(changes);
    const found: Figures[] = [];
    for (const size of sizes) found.push(await atSize(context, grown, size));
    const [small, ...larger] = found as [Figures, ...Figures[]];
    const measures: Measure[] = larger.flatMap((figures) => measuresOf(figures, small));
    const notes = [
      "One store, which grows: at each size the hub is started on it anew, with nobody at Home Assistant's address, so that nothing else goes on. Ingest: the last million that was appended, as the store takes it, without the socket (P4b has that), sealing going on beside it. 7 days: all readings of one entity, the default answer over HTTP, median of 40. Status: 500 requests/s at a constant rate. RSS: after that. Start: the process to the first right status answer, median of 5.",
    ];
    if (form === "long") {
      const file = join(folder, "replica.db");
      const past = createGrown(MEDIUM);
      const first = growReplica(file, past, SMALL);
      growReplica(file, past, MEDIUM - LAST);
      const last = growReplica(file, past, MEDIUM);
      say(`recorder replica: ${Math.round(first)} rows/s at first, ${Math.round(last)} at last`);
      measures.push({
        name: "ingest of the recorder replica, 10 M beside 1 M",
        unit: "rows/s",
        ours: last,
        peer: { name: "its first million", value: first },
      });
    } else notes.push("The recorder replica's own decay is measured in the long form.");
    return { measures, notes };
  },
};

type Figures = {
  readonly size: number;
  readonly ingest: number;
  readonly week: number;
  readonly status: number;
  readonly memory: number;
  readonly start: number;
};

const millions = (size: number): string => `${Math.round(size / 100_000) / 10} M`;

function measuresOf(large: Figures, small: Figures): Measure[] {
  const slower: Goal[] = [{ of: "ours / peer", must: "at most", limit: 1.2 }];
  const figure = (name: string, unit: string, of: keyof Figures, goals: Goal[]): Measure => ({
    name: `${millions(large.size)}: ${name}`,
    unit,
    ours: large[of],
    peer: { name: `at ${millions(small.size)}`, value: small[of] },
    goals,
  });
  return [
    figure("ingest", "rows/s", "ingest", [{ of: "ours / peer", must: "at least", limit: 0.95 }]),
    figure("7 days of an entity", "ms", "week", slower),
    figure("status, p99", "ms", "status", slower),
    figure("RSS", "MB", "memory", slower),
    figure("start to the first right answer", "s", "start", slower),
  ];
}

async function atSize({ folder, hubEntry, say }: RunContext, grown: Grown, size: number): Promise<Figures> {
  const dataDir = join(folder, "hub");
  const store = await openStored(join(dataDir, "home/store"));
  await grow(store, grown, Math.max(0, size - LAST));
  const ingest = await grow(store, grown, size);
  const last = [...store.allLatest()].at(-1);
  const name = grown.entities[last?.series ?? 0] as string;
  await store.seal();
  await store.close();
  const client = await startChild(join(import.meta.dirname, "../clients/open-loop.ts"));
  const port = await freePort();
  const options = { haUrl: `http://127.0.0.1:${await freePort()}`, haToken: "none", dataDir, port, entry: hubEntry };
  const hub = await startHub(options);
  try {
    const weeks: number[] = [];
    for (let i = 0; i < QUERIES; i++) {
      const to = grown.to - Math.floor(((grown.to - grown.from) * i) / (2 * QUERIES));
      weeks.push((await timedRange(hub, [name], { from: to - WEEK, to })).ms);
    }
    const status = await client.ask<OpenLoopResult>("run", {
      ...STATUS,
      url: hub.url,
      token: hub.token,
      paths: grown.entities.slice(0, 100).map((entity) => `api/v1/states/${entity}`),
    } satisfies OpenLoopOptions);
    if (status.failed > 0) throw new Error(`${status.failed} status requests failed`);
    const memory = residentBytes(hub.pid) / 1e6;
    await hub.stop();
    const starts: number[] = [];
    const right = {
      path: `api/v1/states/${name}`,
      token: hub.token,
      passes: (body: string) => (JSON.parse(body) as { state: string }).state === last?.state,
    };
    for (let i = 0; i < STARTS; i++) starts.push((await timeToAnswer(options, right)) / 1000);
    const figures = { size, ingest, week: median(weeks), status: status.p99, memory, start: median(starts) };
    say(
      `${millions(size)}: ${Math.round(ingest)} rows/s, a week ${figures.week.toFixed(2)} ms, status p99 ${status.p99.toFixed(2)} ms, RSS ${memory.toFixed(0)} MB, start ${figures.start.toFixed(3)} s; up to ${microsToRfc3339(grown.to)}`,
    );
    return figures;
  } finally {
    await hub.stop();
    await client.stop();
  }
}
