import type { Gap } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Damage } from "../../store.ts";

/**
 * The gaps that a damage means, where none of `known` says so already. Its ends are widened by a microsecond, since
 * what is lost may have had the very time of its neighbour.
 */
export function gapsOf(damage: Damage, known: readonly Gap[], now: Micros): Gap[] {
  const kinds = (["states", "events"] as const).filter((kind) => damage.lost === "anything" || damage.lost === kind);
  const first = damage.from ?? damage.to ?? now;
  const last = damage.to ?? Math.max(now, first);
  const from = Math.min(first, last) - 1;
  return kinds
    .map(
      (kind): Gap => ({
        kind,
        series: kind === "states" ? damage.series : null,
        from,
        to: Math.max(first, last) + 1,
        cause: "damaged",
      }),
    )
    .filter((gap) => !known.some((it) => saysSo(it, gap)));
}

/** By its beginning: the end of a damage at the end of the log is not known until something follows it. */
const saysSo = (known: Gap, gap: Gap): boolean =>
  known.cause === "damaged" && known.kind === gap.kind && known.series === gap.series && known.from === gap.from;

export const sameDamage = (a: Damage, b: Damage): boolean =>
  a.file === b.file && a.offset === b.offset && a.length === b.length;

export const wholeFile = (file: string, length: number, why: string): Damage => ({
  file,
  offset: 0,
  length,
  why,
  lost: "anything",
  series: null,
  from: null,
  to: null,
});
