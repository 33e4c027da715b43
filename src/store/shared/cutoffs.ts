import type { SeriesId } from "../../domain/reading.ts";
import type { Micros } from "../../domain/time.ts";
import type { ShedPlan } from "../store.ts";

/** Before when readings of a series may go; null: none may. */
export function cutoffOf(cutoffs: ShedPlan["readings"], series: SeriesId): Micros | null {
  const own = cutoffs.series.get(series);
  return own === undefined ? cutoffs.default : own;
}
