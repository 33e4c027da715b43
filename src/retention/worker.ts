import { parentPort } from "node:worker_threads";
import { describeError } from "../domain/failure.ts";
import { ALL_TIME } from "../domain/time/time.ts";
import { giveWay } from "../platform/give-way.ts";
import { openView } from "../store/open.ts";
import type { RollupUsage, Usage, ViewReader } from "../store/store.ts";
import type { Answer, Question } from "./counting/counting.ts";

giveWay("upkeep");

/** Counts in a thread of its own: what a whole store holds is not looked up on the event loop. */

const port = parentPort;
if (!port) throw new Error("retention/worker is started by createCounting, as a worker thread");

port.on("message", (question: Question) => {
  answer(question).then(
    (told) => port.postMessage(told),
    (error: unknown) =>
      port.postMessage({ id: question.id, failed: describeError(error), damages: [] } satisfies Answer),
  );
});

async function answer({ id, view, ask }: Question): Promise<Answer> {
  const reader = openView(view);
  try {
    if (ask.kind === "usage") {
      const held = { readings: await usageOf(reader), rollups: await rollupUsageOf(reader) };
      return { id, held, damages: reader.damages };
    }
    if (ask.kind === "rollups") {
      const rollups = new Map<number, number>();
      for (const [series, cutoff] of ask.cutoffs) rollups.set(series, await reader.countRollups(series, cutoff));
      return { id, rollups, damages: reader.damages };
    }
    if (ask.kind === "horizons") {
      const horizons = new Map<number, number>();
      for (const [series, cutoff] of ask.cutoffs) {
        const last = await reader.before(series, cutoff + 1);
        horizons.set(series, last?.time ?? cutoff);
      }
      return { id, horizons, damages: reader.damages };
    }
    const readings: [number, number][] = [];
    for (const { series, from, to } of ask.partials)
      readings.push([series, await countReadings(reader, series, from, to)]);
    const events = ask.eventsBefore === null ? 0 : await countEvents(reader, ask.eventsBefore);
    return { id, counts: { readings, events }, damages: reader.damages };
  } finally {
    await reader.close();
  }
}

async function usageOf(reader: ViewReader): Promise<Usage[]> {
  const sums = new Map<string, Usage>();
  for await (const page of reader.usage())
    for (const one of page) {
      const key = `${one.series} ${one.month}`;
      const before = sums.get(key);
      sums.set(key, before ? together(before, one) : one);
    }
  return [...sums.values()];
}

const together = (a: Usage, b: Usage): Usage => ({
  ...a,
  readings: a.readings + b.readings,
  bytes: a.bytes + b.bytes,
  blocks: a.blocks + b.blocks,
  log: { readings: a.log.readings + b.log.readings, bytes: a.log.bytes + b.log.bytes },
});

async function rollupUsageOf(reader: ViewReader): Promise<RollupUsage[]> {
  const found: RollupUsage[] = [];
  for await (const page of reader.rollupUsage()) found.push(...page);
  return found;
}

async function countReadings(reader: ViewReader, series: number, from: number, to: number): Promise<number> {
  let count = 0;
  let rolledUp = false;
  for await (const page of reader.summaries({ series, edges: [from, to] }))
    for (const one of page) {
      count += one.summary.readings;
      rolledUp ||= one.rolledUp === true;
    }
  if (!rolledUp) return count;
  // What went is in these summaries, and what came late since is in the same ones.
  const window = { from, to };
  const all = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;
  let left = 0;
  for await (const { times } of reader.columns(all)) left += times.length;
  return left;
}

async function countEvents(reader: ViewReader, before: number): Promise<number> {
  const window = { from: ALL_TIME.from, to: before };
  let count = 0;
  for await (const page of reader.events({ window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER }))
    count += page.length;
  return count;
}
