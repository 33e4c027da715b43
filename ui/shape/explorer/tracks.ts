import type { Gap, Point, StatisticsSeries } from "../../api-types.ts";
import {
  chartKind,
  extremes,
  gapSpans,
  type Seconds,
  type Span,
  type Stretch,
  secondsOfMicros,
  timeInStates,
  toStretches,
} from "../chart-data.ts";

export type CausedSpan = Span & { readonly cause: string };

/** What a series was in a part of the window: for a line of more readings than there are pixels. */
export type Bucket = Span & {
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly readings: number;
  /** How long each text held in it, longest first; empty for numbers. */
  readonly states: readonly { readonly state: string | null; readonly seconds: Seconds }[];
};

/** How exact a track is: every reading, the highest and lowest of each moment, or what each part amounts to. */
export type Detail =
  | { readonly kind: "readings" }
  | { readonly kind: "buckets"; readonly resolution: string; readonly imported: boolean };

/** What is drawn of one series. */
export type Track = {
  readonly entityId: string;
  readonly series: number;
  readonly kind: "numbers" | "states" | "nothing";
  /** Every reading; empty where there are buckets. */
  readonly stretches: readonly Stretch[];
  readonly buckets: readonly Bucket[];
  readonly gaps: readonly CausedSpan[];
  /** Nothing was fetched from before it; null: all of the window is here. */
  readonly begins: Seconds | null;
  readonly readings: number;
  readonly detail: Detail;
};

export type RawAnswer = {
  readonly entityId: string;
  readonly series: number;
  /** Oldest first. */
  readonly points: readonly Point[];
  readonly before: Point | null;
  readonly gaps: readonly Gap[];
  /** Older ones of the window were left out. */
  readonly cut: boolean;
};

export function rawTrack(answer: RawAnswer, window: Span, now: Seconds, hasUnit: boolean): Track {
  const { entityId, series, points, gaps, cut } = answer;
  const first = points[0];
  const begins = cut && first ? secondsOfMicros(first[0]) : null;
  const before = cut ? null : answer.before;
  const spans = gapSpans(gaps, window);
  const stretches = toStretches({ points, before, gaps: spans, window, now });
  const kind = chartKind(
    stretches.map(({ state }) => state),
    hasUnit,
  );
  return {
    entityId,
    series,
    kind: kind === "texts" ? "states" : kind,
    stretches,
    buckets: [],
    gaps: causedGaps(gaps, window),
    begins,
    readings: points.length,
    detail: { kind: "readings" },
  };
}

/** From an answer of `statistics/query`, with buckets that may begin before the window and end after it. */
export function bucketTrack(answer: StatisticsSeries, resolution: string, window: Span, now: Seconds): Track {
  const { entity_id: entityId, series, kind, gaps } = answer;
  const buckets = answer.buckets.flatMap((bucket): Bucket[] => {
    const span = {
      from: Math.max(window.from, secondsOf(bucket.from)),
      to: Math.min(secondsOf(bucket.to), window.to, now),
    };
    if (span.from >= span.to) return [];
    const { mean = null, min = null, max = null, count = null } = bucket;
    const states = Object.entries((kind === "text" && bucket.states) || {}).map(([state, { seconds }]) => ({
      state,
      seconds,
    }));
    return [{ ...span, mean, min, max, readings: count ?? 0, states: states.sort((a, b) => b.seconds - a.seconds) }];
  });
  const numeric = buckets.some(({ mean }) => mean !== null);
  return {
    entityId,
    series,
    kind: kind === "text" && buckets.length > 0 ? "states" : numeric ? "numbers" : "nothing",
    stretches: [],
    buckets,
    gaps: causedGaps(gaps, window),
    begins: null,
    readings: buckets.reduce((sum, { readings }) => sum + readings, 0),
    detail: { kind: "buckets", resolution, imported: answer.buckets.some(({ source }) => source === "imported") },
  };
}

const secondsOf = (time: string): Seconds => Date.parse(time) / 1000;

/** The holes of a window that concern states, clipped to it, oldest first. */
export function causedGaps(gaps: readonly Gap[], window: Span): readonly CausedSpan[] {
  return gaps
    .filter(({ kind }) => kind === "states")
    .map(({ from, to, cause }) => ({
      from: Math.max(window.from, Date.parse(from) / 1000),
      to: Math.min(window.to, Date.parse(to) / 1000),
      cause,
    }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
}

/** The same track laid over a later window. */
export function shiftTrack(track: Track, shift: Seconds): Track {
  const moved = <T extends Span>(span: T): T => ({ ...span, from: span.from + shift, to: span.to + shift });
  return {
    ...track,
    stretches: track.stretches.map(moved),
    buckets: track.buckets.map(moved),
    gaps: track.gaps.map(moved),
    begins: track.begins === null ? null : track.begins + shift,
  };
}

export function trackExtremes({ stretches, buckets }: Pick<Track, "stretches" | "buckets">) {
  if (buckets.length === 0) return extremes(stretches);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const bucket of buckets) {
    if (bucket.min !== null && bucket.min < min) min = bucket.min;
    if (bucket.max !== null && bucket.max > max) max = bucket.max;
  }
  return min <= max ? { min, max } : null;
}

/** Holes that concern every track, and those that concern only some: the former hide the whole drawing. */
export function sharedGaps(tracks: readonly Pick<Track, "gaps">[]): {
  readonly all: readonly Span[];
  readonly some: readonly Span[];
} {
  const edges: { at: Seconds; step: 1 | -1 }[] = [];
  for (const { gaps } of tracks)
    for (const { from, to } of union(gaps)) edges.push({ at: from, step: 1 }, { at: to, step: -1 });
  edges.sort((a, b) => a.at - b.at || b.step - a.step);
  const all: Span[] = [];
  const some: Span[] = [];
  let open = 0;
  let since = 0;
  for (const { at, step } of edges) {
    if (open > 0 && at > since) (open === tracks.length ? all : some).push({ from: since, to: at });
    open += step;
    since = at;
  }
  return { all: union(all), some: union(some) };
}

function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else joined.push({ from, to });
  }
  return joined;
}

/** How long each state held, longest first. */
export function timeHeld(track: Track): readonly { readonly state: string | null; readonly seconds: Seconds }[] {
  if (track.buckets.length === 0) return timeInStates(track.stretches);
  const held = new Map<string | null, Seconds>();
  for (const { states } of track.buckets)
    for (const { state, seconds } of states) held.set(state, (held.get(state) ?? 0) + seconds);
  return [...held].map(([state, seconds]) => ({ state, seconds })).sort((a, b) => b.seconds - a.seconds);
}

export const statesOf = (track: Track): readonly (string | null)[] => [
  ...track.stretches.map(({ state }) => state),
  ...track.buckets.flatMap(({ states }) => states.map(({ state }) => state)),
];
