import type { SeriesId } from "../../../domain/reading.ts";
import type { Micros } from "../../../domain/time.ts";
import type { ViewReader } from "../../../store/store.ts";
import { BREATH } from "../../encode/replay.ts";
import type { Spans } from "./spans.ts";

/** How long a state held and how often it began. */
export type StateTime = { seconds: number; entered: number };

/** The state texts of one bucket. */
export type States = {
  /** By text; the time of what was removed or not there yet is in none. */
  readonly times: Map<string, StateTime>;
  /** Of the readings inside; undefined: there is none. */
  first: string | null | undefined;
  last: string | null | undefined;
};

/** The state text that holds; undefined: the series has not begun. */
export type Held = string | null | undefined;

/** The states of each bucket that the spans belong to, and what holds at their end. */
export async function* statesOf(
  reader: ViewReader,
  series: SeriesId,
  spans: Spans,
  before: Held,
): AsyncGenerator<typeof BREATH, { all: States[]; held: Held }> {
  const { edges, buckets, known } = spans;
  const all: States[] = [];
  let held = before;
  let span = 0;
  let at = edges[0] as Micros;

  const bucketNow = (): States => {
    const bucket = buckets[span] as number;
    all[bucket] ??= { times: new Map(), first: undefined, last: undefined };
    return all[bucket];
  };
  /** What holds has held up to a time: each bucket on the way has its part. */
  const holdUntil = (time: Micros): void => {
    for (;;) {
      const edge = edges[span + 1] as Micros;
      const end = Math.min(edge, time);
      if (end > at && known[span] && typeof held === "string") entry(bucketNow(), held).seconds += (end - at) / 1e6;
      at = end;
      if (time < edge || span + 2 >= edges.length) return;
      span++;
    }
  };

  const window = { from: edges[0] as Micros, to: edges.at(-1) as Micros };
  const query = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, attributes: false } as const;
  for await (const page of reader.readings(query)) {
    for (const { time, state } of page) {
      holdUntil(time);
      const bucket = bucketNow();
      if (state !== null && state !== held) entry(bucket, state).entered++;
      if (bucket.first === undefined) bucket.first = state;
      bucket.last = state;
      held = state;
    }
    yield BREATH;
  }
  holdUntil(window.to);
  return { all, held };
}

function entry({ times }: States, state: string): StateTime {
  const known = times.get(state);
  if (known) return known;
  const begun = { seconds: 0, entered: 0 };
  times.set(state, begun);
  return begun;
}
