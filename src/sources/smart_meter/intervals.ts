import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { LeftOut } from "../source.ts";

/** A value over a slot. */
export type IntervalReading = OutsideReading & { readonly until: Micros; readonly value: number };

/** Counts what is left out, by why. */
export function createLeavingOut() {
  const found = new Map<string, { count: number; where?: string }>();
  return {
    add: (why: string, where?: string): void => {
      const known = found.get(why);
      if (known) known.count++;
      else found.set(why, { count: 1, ...(where === undefined ? {} : { where }) });
    },
    all: (): LeftOut[] => [...found].map(([why, one]) => ({ why, ...one })),
  };
}

/**
 * In order of time, each slot once. Of slots of one quantity that overlap, the shorter ones count: a day's sum beside its
 * hours would be told twice.
 */
export function eachOnce(
  readings: readonly IntervalReading[],
  leave: ReturnType<typeof createLeavingOut>,
): IntervalReading[] {
  const kept: IntervalReading[] = [];
  for (const own of Map.groupBy(readings, ({ quantity }) => quantity).values()) {
    const taken: IntervalReading[] = [];
    for (const one of own.toSorted((a, b) => a.until - a.time - (b.until - b.time) || a.time - b.time)) {
      const at = after(taken, one.time);
      const neighbours = [taken[at - 1], taken[at]];
      const same = neighbours.find((other) => other && other.time === one.time && other.until === one.until);
      if (same) {
        leave.add(same.value === one.value ? "The same reading twice" : "A second value for a time that has one");
        continue;
      }
      if (neighbours.some((other) => other && other.time < one.until && one.time < other.until)) {
        leave.add("A longer time, of which parts are told too");
        continue;
      }
      // Mostly they come in order.
      if (at === taken.length) taken.push(one);
      else taken.splice(at, 0, one);
    }
    kept.push(...taken);
  }
  return kept.sort((a, b) => a.time - b.time);
}

/** How many of them begin at a time or before. */
function after(readings: readonly IntervalReading[], time: Micros): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((readings[middle] as IntervalReading).time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sources of files alone: there is nobody to be asked. */
export const awaitsFiles = (what: string) => async () => ({ readings: [], issues: [], waitsFor: what });
