import { amend, type Rollup } from "../../domain/data/rollup.ts";
import type { Summary } from "../../domain/data/summary.ts";

/** A roll-up as it is read back. */
export type RolledUp = Rollup & {
  /** Something came late into it: its mean, its time in states and its increase are near, not exact. */
  readonly approximate: boolean;
};

/** A run of readings of which a roll-up is left, or the readings themselves. */
export type Run = { readonly summary: Summary; readonly rollup: Rollup | null; readonly approximate: boolean };

/** In order of time, each run once: what begins inside a roll-up is taken into it. */
export function foldRuns(unordered: readonly Run[]): Run[] {
  const found: Run[] = [];
  const runs = unordered.toSorted(
    (a, b) => a.summary.firstTime - b.summary.firstTime || b.summary.lastTime - a.summary.lastTime,
  );
  for (const run of runs) {
    const last = found.at(-1);
    if (last?.rollup && run.summary.firstTime < last.summary.lastTime)
      found[found.length - 1] = { ...last, summary: amend(last.summary, run.summary), approximate: true };
    else found.push(run);
  }
  return found;
}

export const runOf = (rollup: Rollup): Run => ({ summary: rollup.summary, rollup, approximate: false });

export const foldRollups = (rollups: readonly Rollup[]): RolledUp[] =>
  foldRuns(rollups.map(runOf)).map(({ summary, rollup, approximate }) => ({
    summary,
    texts: rollup?.texts ?? null,
    approximate,
  }));
