import type { Window } from "../../domain/time/time.ts";
import { type PastBucket, QUARTER } from "../past.ts";

/** What a counter counted in a time, in its own unit. */
export type Counted = Window & {
  readonly amount: number;
  /** What it told at a time; null: it did not move. */
  readonly step: number | null;
};

/** Rounding of shares, which are made of seconds. */
const WHOLE = 1 - 1e-6;
export const isWholeShare = (share: number): boolean => share >= WHOLE;

/** The share of a time in which a number was known. Imported statistics do not say it: Home Assistant heard the entity. */
export const shareOf = ({ from, to, covered, imported }: PastBucket): number =>
  imported ? 1 : Math.min(1, ((covered ?? 0) * 1e6) / (to - from));

/**
 * When a counter counted what it counted. It is known where the counter was heard without a break since the end of the
 * time before: what it counts while nobody hears it, it tells only afterwards, and nobody knows when it was.
 * A break over which it stood still is none: an inverter that sleeps at night counts nothing meanwhile.
 *
 * @param buckets in the order of time; of times that are not there nothing is known
 * @param onlyRises that it shows the same again means that it stood still
 */
export function countedOf(buckets: readonly PastBucket[], onlyRises: boolean): Counted[] {
  const counted: Counted[] = [];
  /** Since the break began; known if it stood still. */
  let waiting: Counted[] = [];
  let held: number | null = null;
  let isBroken = true;
  let end = buckets[0]?.from ?? 0;
  for (const bucket of buckets) {
    const { from, to, increase, imported, first, last } = bucket;
    if (end < from) {
      isBroken = true;
      waiting.push(...standing(end, from));
    }
    end = to;
    const isWhole = isWholeShare(shareOf(bucket));
    let isTold = increase !== null;
    if (isBroken && (imported || isWhole || first !== null)) {
      // A number that holds on from before is the last one told; one that is told anew may be another.
      const stoodStill = first === null ? !imported : onlyRises && first === held;
      if (stoodStill) counted.push(...waiting);
      else isTold &&= imported;
      waiting = [];
      isBroken = false;
    }
    if (isTold) {
      const own = { from, to, amount: increase as number, step: stepOf([bucket]) };
      if (isWhole && !isBroken) counted.push(own);
      else waiting.push(own);
    }
    // Where in it the break was nobody knows: it may last.
    if (!isWhole) isBroken = true;
    held = last ?? held;
  }
  return counted;
}

function standing(from: number, to: number): Counted[] {
  const quarters: Counted[] = [];
  for (let at = from; at < to; at += QUARTER) quarters.push({ from: at, to: at + QUARTER, amount: 0, step: null });
  return quarters;
}

/** The mean of what a counter told at a time; null: it did not move. */
export function stepOf(buckets: readonly PastBucket[]): number | null {
  let [counted, changes] = [0, 0];
  for (const one of buckets) {
    if (one.increase === null || one.increase <= 0 || !one.changes) continue;
    counted += one.increase;
    changes += one.changes;
  }
  return changes === 0 ? null : counted / changes;
}
