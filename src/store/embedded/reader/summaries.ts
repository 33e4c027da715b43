import { summarise } from "../../../domain/data/summary.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { firstFrom } from "../../shared/columns.ts";
import { foldRuns, type Run, runOf } from "../../shared/rollups.ts";
import { bucketOf, checkEdges, summariesOf } from "../../shared/summaries.ts";
import type { BucketSummary, SummariesQuery, ViewReader } from "../../store.ts";
import type { Chunk } from "../chunks/pack.ts";
import { overlapping } from "./pieces.ts";
import type { BlockReader, SealedChunk } from "./sealed/blocks.ts";
import type { TailReader } from "./tail/tail.ts";

/** Told by what a chunk's header says where the chunk lies in one bucket, else by its columns; the rest from the readings. */
export async function* summaryPages(
  query: SummariesQuery,
  {
    tail,
    sealed,
    readings,
    isAmended,
  }: {
    tail: TailReader;
    sealed: BlockReader;
    readings: ViewReader["readings"];
    /** What chunks say of themselves does not hold. */
    isAmended: boolean;
  },
): AsyncGenerator<readonly BucketSummary[]> {
  const { series, edges } = query;
  checkEdges(edges);
  const window = { from: edges[0] as Micros, to: edges.at(-1) as Micros };
  const chunks = (await sealed.chunks(series, window)).map((chunk) => ({ chunk, ...chunk.place }));
  const rollups = (await sealed.rollupChunks(series, window)).map((rolledUp) => ({ rolledUp, ...rolledUp.place }));
  const runs = await tail.runsOf((places, segment) => places.readings(segment, series, window));
  let page: BucketSummary[] = [];
  for (const group of overlapping([...chunks, ...rollups, ...runs])) {
    const [only] = group;
    if (only && group.length === 1 && "chunk" in only && !isAmended) {
      await addChunk(page, only.chunk, query, sealed);
      continue;
    }
    if (page.length > 0) yield page;
    page = [];
    const rolledUp = group.flatMap((piece) => ("rolledUp" in piece ? [piece.rolledUp] : []));
    if (rolledUp.length > 0) {
      const others = group.filter((piece) => !("rolledUp" in piece));
      const found = await ofRollups(rolledUp, others, query, { sealed, readings });
      if (found.length > 0) yield found;
      continue;
    }
    const from = Math.max(window.from, Math.min(...group.map((piece) => piece.from)));
    const to = Math.min(window.to, Math.max(...group.map((piece) => piece.to)) + 1);
    const own = edges.filter((edge) => edge > from && edge < to);
    const offset = bucketOf(edges, from);
    for await (const found of summariesOf(readings, { series, edges: [from, ...own, to] }))
      yield found.map(({ bucket, summary }) => ({ bucket: bucket + offset, summary }));
  }
  if (page.length > 0) yield page;
}

/** Of a time of which there are roll-ups, and readings only where they came late. */
async function ofRollups(
  chunks: readonly SealedChunk[],
  others: readonly Window[],
  { series, edges }: SummariesQuery,
  { sealed, readings }: { sealed: BlockReader; readings: ViewReader["readings"] },
): Promise<BucketSummary[]> {
  const [first, last] = [edges[0] as Micros, edges.at(-1) as Micros];
  const runs: Run[] = [];
  for (const chunk of chunks) for (const rollup of await sealed.openRollups(chunk, series)) runs.push(runOf(rollup));
  if (others.length > 0) {
    const window = {
      from: Math.max(first, Math.min(...others.map(({ from }) => from))),
      to: Math.min(last, Math.max(...others.map(({ to }) => to)) + 1),
    };
    const asked = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, attributes: false } as const;
    for await (const page of readings(asked))
      for (const row of page) runs.push({ summary: summarise([row]), rollup: null, approximate: false });
  }
  const found: BucketSummary[] = [];
  let bucket = 0;
  for (const { summary, rollup, approximate } of foldRuns(runs)) {
    const { firstTime, lastTime } = summary;
    if (lastTime < first || firstTime >= last) continue;
    bucket = bucketOf(edges, Math.max(firstTime, first), bucket);
    found.push({ bucket, summary, ...(rollup && { rolledUp: true }), ...(approximate && { approximate }) });
  }
  return found;
}

async function addChunk(
  found: BucketSummary[],
  chunk: SealedChunk,
  { series, edges }: SummariesQuery,
  sealed: BlockReader,
): Promise<void> {
  const { from, summaries } = chunk.place;
  const [first, last] = [edges[0] as Micros, edges.at(-1) as Micros];
  let opened: Chunk | undefined;
  let bucket = bucketOf(edges, Math.max(from, first));
  const decode = async (times: Window): Promise<void> => {
    opened ??= await sealed.openColumns(chunk, series);
    if (opened) found.push(...ofRows(opened, edges, times));
  };
  if (summaries.length === 0) return decode({ from: first, to: last });
  for (const summary of summaries) {
    const { firstTime, lastTime } = summary;
    if (lastTime < first || firstTime >= last) continue;
    while (bucket + 2 < edges.length && (edges[bucket + 1] as Micros) <= firstTime) bucket++;
    if (firstTime >= first && lastTime < (edges[bucket + 1] as Micros)) found.push({ bucket, summary });
    else await decode({ from: Math.max(first, firstTime), to: Math.min(last, lastTime + 1) });
  }
}

/** The rows of a time that lies within the edges. */
function ofRows({ times, summary }: Chunk, edges: readonly Micros[], { from, to }: Window): BucketSummary[] {
  const found: BucketSummary[] = [];
  const end = firstFrom(times, to);
  for (let row = firstFrom(times, from); row < end; ) {
    const bucket = bucketOf(edges, times[row] as Micros);
    const next = Math.min(end, firstFrom(times, edges[bucket + 1] as Micros));
    found.push({ bucket, summary: summary(row, next) });
    row = next;
  }
  return found;
}
