import type { Micros, Window } from "../../../domain/time/time.ts";

/** Buckets cut where something becomes known or unknown: spans that are wholly one or the other. */
export type Spans = {
  /** Rising; span i reaches from edge i to the next. */
  readonly edges: readonly Micros[];
  readonly buckets: readonly number[];
  /** False: inside a gap, or not yet. */
  readonly known: readonly boolean[];
};

/** @param holes sorted, none touching another; @param until what comes later is not known yet. */
export function spansOf(buckets: readonly Micros[], holes: readonly Window[], until: Micros): Spans {
  const from = buckets[0] as Micros;
  const to = buckets.at(-1) as Micros;
  const inside = holes.filter((hole) => hole.from < to && hole.to > from);
  const cuts = [...inside.flatMap((hole) => [hole.from, hole.to]), until].filter((at) => at > from && at < to);
  const edges = cuts.length === 0 ? buckets : [...new Set([...buckets, ...cuts])].sort((a, b) => a - b);
  let bucket = 0;
  let hole = 0;
  const at: number[] = [];
  const known: boolean[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const start = edges[i] as Micros;
    while ((buckets[bucket + 1] as Micros) <= start) bucket++;
    while (hole < inside.length && (inside[hole] as Window).to <= start) hole++;
    const next = inside[hole];
    at.push(bucket);
    known.push(start < until && !(next && next.from <= start));
  }
  return { edges, buckets: at, known };
}

/** Sorted, and none touches another. */
export function mergeWindows(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const { from, to } of windows.toSorted((a, b) => a.from - b.from)) {
    if (from >= to) continue;
    const last = merged.at(-1);
    if (last && from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else merged.push({ from, to });
  }
  return merged;
}

export const lengthOf = (windows: readonly Window[]): Micros =>
  windows.reduce((total, { from, to }) => total + (to - from), 0);
