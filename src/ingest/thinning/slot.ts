import type { Reading } from "../../domain/data/reading.ts";
import { numberOf } from "../../domain/data/summary.ts";
import type { ThinningRule } from "../../domain/home/thinning.ts";
import type { Micros } from "../../domain/time/time.ts";

/** Where a thinned series stands: the last reading kept, and what came since and is not kept (yet). */
export type Slot = {
  readonly rule: ThinningRule;
  readonly kept: Reading;
  /** Until then nothing is kept at once; after it the last that came before. */
  readonly end: Micros;
  readonly held: Reading | undefined;
};

export type Step = {
  readonly slot: Slot;
  /** Held until now, and kept after all; it comes before the reading itself. */
  readonly flushed: Reading | undefined;
  readonly keeps: boolean;
};

export const openSlot = (rule: ThinningRule, kept: Reading): Slot => ({
  rule,
  kept,
  end: kept.time + (rule.minInterval ?? 0),
  held: undefined,
});

/** Takes the next reading of a series, not older than the ones before. */
export function stepSlot(before: Slot, reading: Reading): Step {
  const { rule, held } = before;
  if (isTurn(held ?? before.kept, reading))
    return {
      slot: openSlot(rule, reading),
      flushed: rule.minInterval === null ? undefined : worthKeeping(before),
      keeps: true,
    };
  const flushed = reading.time >= before.end ? worthKeeping(before) : undefined;
  const slot = flushed ? { rule, kept: flushed, end: before.end + (rule.minInterval ?? 0), held: undefined } : before;
  if (reading.time >= slot.end && !isSmall(rule, slot.kept, reading))
    return { slot: openSlot(rule, reading), flushed, keeps: true };
  return { slot: { ...slot, held: reading }, flushed, keeps: false };
}

/** What is to be kept once the interval is over, if nothing else comes; undefined: nothing is. */
export function worthKeeping({ rule, kept, held }: Slot): Reading | undefined {
  return held && rule.minInterval !== null && !isSmall(rule, kept, held) ? held : undefined;
}

/**
 * Whether a reading that comes late or from history is one that the rule would not have kept, by its neighbours in the
 * store.
 */
export function isRedundant(
  rule: ThinningRule,
  reading: Reading,
  before: Reading | undefined,
  after: Reading | undefined,
): boolean {
  // Neighbours come without attributes.
  if (!before || isOtherKind(before, reading) || (after && isOtherKind(reading, after))) return false;
  const { minInterval } = rule;
  if (minInterval !== null && reading.time - before.time < minInterval) return true;
  if (minInterval !== null && after && after.time - reading.time < minInterval) return true;
  return isSmall(rule, before, reading);
}

const NO_VALUE: ReadonlySet<string | null> = new Set([null, "unavailable", "unknown"]);

/** What no rule drops: coming, going, and a change of what is measured. */
const isTurn = (before: Reading, next: Reading): boolean =>
  isOtherKind(before, next) || before.attributes.unit_of_measurement !== next.attributes.unit_of_measurement;

function isOtherKind(before: Reading, next: Reading): boolean {
  if (NO_VALUE.has(before.state) || NO_VALUE.has(next.state)) return before.state !== next.state;
  return Number.isNaN(numberOf(before.state)) !== Number.isNaN(numberOf(next.state));
}

function isSmall({ minChange }: ThinningRule, before: Reading, next: Reading): boolean {
  if (minChange === null) return false;
  const difference = Math.abs(numberOf(next.state) - numberOf(before.state));
  // 20.2 and 20.1 differ by a tenth, whatever doubles make of it. Texts have no difference that could be small.
  return difference < minChange * (1 - 1e-9);
}
