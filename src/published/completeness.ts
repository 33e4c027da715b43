import type { Gap, SeriesId } from "../domain/data/reading.ts";
import type { Micros, Window } from "../domain/time/time.ts";

export type Followed = { readonly id: SeriesId; readonly since: Micros };

/**
 * The share of series × time in the window that is known, in percent. A series counts from its first reading on; what a
 * gap in states covers, and what lies in `open` (not heard, and not filled or given up yet), is missing. Rounded down to
 * three decimals: 100 means that nothing is missing. undefined: no series had begun.
 */
export function completenessOf(needs: {
  readonly series: Iterable<Followed>;
  readonly gaps: readonly Gap[];
  readonly open: readonly Window[];
  readonly window: Window;
}): number | undefined {
  const { window } = needs;
  const ofStates = needs.gaps.filter(({ kind }) => kind === "states");
  /** Under null: those of every series. */
  const own = Map.groupBy<SeriesId | null, Window & Gap>(ofStates, ({ series }) => series);
  const common = merge([...needs.open, ...(own.get(null) ?? [])]);
  let total = 0;
  let missing = 0;
  for (const { id, since } of needs.series) {
    const span = { from: Math.max(window.from, since), to: window.to };
    if (span.from >= span.to) continue;
    total += span.to - span.from;
    const gaps = own.get(id);
    missing += lengthWithin(gaps ? merge([...common, ...gaps]) : common, span);
  }
  return total === 0 ? undefined : Math.floor((1 - missing / total) * 100_000) / 1_000;
}

/** Sorted, and none overlaps another. */
function merge(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const { from, to } of [...windows].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else merged.push({ from, to });
  }
  return merged;
}

const lengthWithin = (windows: readonly Window[], span: Window): number =>
  windows.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
