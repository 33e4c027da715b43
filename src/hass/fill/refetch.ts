import type { Gap } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { OpenHole } from "./holes.ts";

/** Further back than Home Assistant's recorder usually keeps states. */
const FURTHEST: Micros = 31 * 86_400_000_000;

/**
 * What damage took from the store, as holes that the next connection fills: what Home Assistant still has comes back, and
 * what is held already is not stored twice.
 *
 * @param names every entity that has its name still, or the one of a series
 */
export function damagedHoles(
  gaps: readonly Gap[],
  now: Micros,
  names: (series: Gap["series"]) => readonly string[],
): OpenHole[] {
  const holes: OpenHole[] = [];
  for (const gap of gaps) {
    if (gap.cause !== "damaged" || gap.kind !== "states") continue;
    const from = Math.max(gap.from, now - FURTHEST);
    const to = Math.min(gap.to, now);
    const absent = names(gap.series);
    if (from < to && absent.length > 0) holes.push({ from, to, changed: [], absent });
  }
  return holes;
}
