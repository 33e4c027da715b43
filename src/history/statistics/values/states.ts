import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import type { RolledUp, ViewReader } from "../../../store/store.ts";
import { BREATH } from "../../encode/replay.ts";
import { stateBefore } from "../../range/before.ts";
import { lastRolledUp } from "./rolled-up.ts";
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
      // A roll-up may speak for more than its span.
      at = Math.max(at, end);
      if (time < edge || span + 2 >= edges.length) return;
      span++;
    }
  };

  const window = { from: edges[0] as Micros, to: edges.at(-1) as Micros };
  const query = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, attributes: false } as const;
  const rollups = await rollupsIn(reader, series, window);
  let next = 0;
  /** What roll-ups say of the time before. */
  const rolledUntil = (time: Micros): void => {
    for (; next < rollups.length && (rollups[next] as RolledUp).summary.firstTime < time; next++)
      held = takeRolledUp(rollups[next] as RolledUp);
  };
  const takeRolledUp = ({ summary, texts }: RolledUp): Held => {
    holdUntil(Math.max(at, summary.firstTime));
    const bucket = bucketNow();
    // Its own time is told by it.
    at = Math.min(Math.max(at, summary.lastTime), window.to);
    if (!texts) return undefined;
    const { first, last } = texts;
    if (first !== null && first !== held) entry(bucket, first).entered++;
    for (const { state, seconds, entered } of texts.states) {
      const held = known[span] ? seconds : 0;
      if (held + entered === 0) continue;
      const own = entry(bucket, state);
      own.seconds += held;
      own.entered += entered;
    }
    if (bucket.first === undefined) bucket.first = first;
    bucket.last = last;
    return last;
  };
  for await (const page of reader.readings(query)) {
    for (const { time, state } of page) {
      rolledUntil(time);
      // It came late into what was rolled up.
      if (time < at) continue;
      holdUntil(time);
      const bucket = bucketNow();
      if (state !== null && state !== held) entry(bucket, state).entered++;
      if (bucket.first === undefined) bucket.first = state;
      bucket.last = state;
      held = state;
    }
    yield BREATH;
  }
  rolledUntil(window.to);
  holdUntil(window.to);
  return { all, held };
}

/** What held at a time from before it. */
export async function heldAt(reader: ViewReader, series: SeriesId, time: Micros): Promise<Held> {
  const last = await stateBefore(reader, series, time);
  const rolledUp = await lastRolledUp(reader, series, time);
  if (!rolledUp || (last && last.time > rolledUp.summary.lastTime)) return last?.state;
  return rolledUp.texts?.last;
}

async function rollupsIn(reader: ViewReader, series: SeriesId, window: Window): Promise<RolledUp[]> {
  const all = await reader.rolledUp(series);
  const found: RolledUp[] = [];
  if (!all || all.from >= window.to || all.to < window.from) return found;
  for await (const page of reader.rollups({ series, window })) found.push(...page);
  return found;
}

function entry({ times }: States, state: string): StateTime {
  const known = times.get(state);
  if (known) return known;
  const begun = { seconds: 0, entered: 0 };
  times.set(state, begun);
  return begun;
}
