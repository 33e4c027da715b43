import type { SeriesId } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { ShedPlan } from "../store.ts";

/**
 * From where on readings stay: from the last one at or before the cut-off, which held when the kept time began.
 * @param times ascending
 */
export const horizonOf = (times: readonly Micros[], cutoff: Micros): Micros =>
  times.findLast((time) => time <= cutoff) ?? cutoff;

/** Before when readings of a series may go; null: none may. */
export function cutoffOf(cutoffs: ShedPlan["readings"], series: SeriesId): Micros | null {
  const own = cutoffs.series.get(series);
  return own === undefined ? cutoffs.default : own;
}
