import type { Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import { summarise } from "../../domain/data/summary.ts";
import { Failure } from "../../domain/failure.ts";
import { ALL_TIME, type Micros } from "../../domain/time/time.ts";
import type { BucketSummary, SummariesQuery, ViewReader } from "../store.ts";

type Read = ViewReader["readings"];

/** Summaries from the readings themselves: for every engine, and for what no chunk header tells. */
export async function* summariesOf(
  readings: Read,
  { series, edges }: SummariesQuery,
): AsyncGenerator<readonly BucketSummary[]> {
  checkEdges(edges);
  const window = { from: edges[0] as Micros, to: edges.at(-1) as Micros };
  const order = "oldest_first";
  let bucket = 0;
  for await (const rows of readings({ series, window, order, limit: Number.MAX_SAFE_INTEGER, attributes: false })) {
    const page: BucketSummary[] = [];
    for (let from = 0; from < rows.length; ) {
      const { time } = rows[from] as Stored<Reading>;
      bucket = bucketOf(edges, time, bucket);
      const end = edges[bucket + 1] as Micros;
      let to = from + 1;
      while (to < rows.length && (rows[to] as Stored<Reading>).time < end) to++;
      page.push({ bucket, summary: summarise(rows.slice(from, to)) });
      from = to;
    }
    yield page;
  }
}

export async function lastBefore(readings: Read, series: SeriesId, time: Micros): Promise<Stored<Reading> | undefined> {
  const window = { from: ALL_TIME.from, to: time };
  for await (const [row] of readings({ series, window, order: "newest_first", limit: 1, attributes: false }))
    return row;
  return undefined;
}

/** The bucket that holds a time that lies between the first and the last edge; not before the bucket `from`. */
export function bucketOf(edges: readonly Micros[], time: Micros, from = 0): number {
  let low = from;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((edges[middle] as Micros) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @throws Failure `bad_query` */
export function checkEdges(edges: readonly Micros[]): void {
  if (edges.length < 2 || edges.some((edge, i) => i > 0 && edge <= (edges[i - 1] as Micros)))
    throw new Failure("bad_query", "edges do not rise, or make no bucket", { fix: "Give at least two rising times" });
}
