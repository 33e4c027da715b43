import { isMissing, type Seconds, type Span, stretchAt } from "../chart-data.ts";
import type { Bucket, Track } from "./tracks.ts";

/** What one track says of one moment. */
export type Said =
  | { readonly kind: "state"; readonly state: string | null; readonly from: Seconds; readonly to: Seconds }
  | { readonly kind: "bucket"; readonly bucket: Bucket }
  | { readonly kind: "gap"; readonly cause: string }
  /** Not fetched, or nothing recorded yet. */
  | { readonly kind: "nothing" };

export function saidAt(track: Track, at: Seconds): Said {
  const stretch = stretchAt(track.stretches, at);
  if (stretch) return { kind: "state", ...stretch };
  const gap = track.gaps.find(({ from, to }) => at >= from && at < to);
  const bucket = spanAt(track.buckets, at);
  // A bucket that a gap covers in part has values all the same.
  if (bucket && (bucket.mean !== null || !gap)) return { kind: "bucket", bucket };
  return gap ? { kind: "gap", cause: gap.cause } : { kind: "nothing" };
}

/** Spans in order that do not overlap. */
function spanAt<T extends Span>(spans: readonly T[], at: Seconds): T | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle] as T;
    if (at < span.from) high = middle - 1;
    else if (at >= span.to) low = middle + 1;
    else return span;
  }
  return undefined;
}

/** Moments where something begins, in order and each once: what arrow keys walk along and a table has rows for. */
export function momentsOf(tracks: readonly Track[]): readonly Seconds[] {
  const moments = new Set<Seconds>();
  for (const { stretches, buckets, gaps } of tracks)
    for (const spans of [stretches, buckets, gaps]) for (const { from } of spans) moments.add(from);
  return [...moments].sort((a, b) => a - b);
}

/** What each track says from a moment on; null where it says nothing new there. */
export type Row = { readonly at: Seconds; readonly said: readonly (Said | null)[] };

export function rowsOf(tracks: readonly Track[], moments: readonly Seconds[]): readonly Row[] {
  return moments.map((at) => ({
    at,
    said: tracks.map((track) => {
      const said = saidAt(track, at);
      return beginsAt(track, said, at) ? said : null;
    }),
  }));
}

function beginsAt(track: Track, said: Said, at: Seconds): boolean {
  if (said.kind === "state") return said.from === at;
  if (said.kind === "bucket") return said.bucket.from === at;
  return said.kind === "gap" && track.gaps.some(({ from }) => from === at);
}

/** The next moment in a direction from where one is; the window's edge where there is none. */
export function nextMoment(moments: readonly Seconds[], at: Seconds, direction: 1 | -1, window: Span): Seconds {
  const found = direction > 0 ? moments.find((moment) => moment > at) : moments.findLast((moment) => moment < at);
  return Math.min(window.to, Math.max(window.from, found ?? (direction > 0 ? window.to : window.from)));
}

/** Time-weighted; time without a number is left out. */
export function meanOf({ stretches, buckets }: Pick<Track, "stretches" | "buckets">): number | null {
  let weighted = 0;
  let seconds = 0;
  const add = (value: number, { from, to }: Span) => {
    weighted += value * (to - from);
    seconds += to - from;
  };
  for (const bucket of buckets) if (bucket.mean !== null) add(bucket.mean, bucket);
  for (const stretch of stretches)
    if (!isMissing(stretch.state) && Number.isFinite(Number(stretch.state))) add(Number(stretch.state), stretch);
  return seconds > 0 ? weighted / seconds : null;
}
