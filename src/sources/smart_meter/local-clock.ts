import { createOffset } from "../../domain/time/offset.ts";
import type { Micros } from "../../domain/time/time.ts";

const DAY_MS = 86_400_000;

/** A time of day as clocks show it, as if it were UTC. */
export type LocalMs = number;

/** undefined: there is no such date or time of day. */
export function localMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): LocalMs | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}

/**
 * When clocks of a zone show a time: once, never (they were put forward over it), or twice (they were put back), in order.
 *
 * @throws RangeError where the zone is unknown
 */
export function createLocalClock(timeZone: string): (local: LocalMs) => readonly Micros[] {
  const offsetAt = createOffset(timeZone);
  /** By day: what the clocks are ahead of UTC by before and after it. A year of quarter hours asks for few. */
  const known = new Map<number, readonly number[]>();
  const offsetsAround = (day: number): readonly number[] => {
    const found = known.get(day) ?? [...new Set([offsetAt((day - 1) * DAY_MS), offsetAt((day + 2) * DAY_MS)])];
    known.set(day, found);
    return found;
  };
  return (local) => {
    const offsets = offsetsAround(Math.floor(local / DAY_MS));
    const [only] = offsets;
    if (offsets.length === 1 && only !== undefined) return [(local - only) * 1000];
    return offsets
      .map((offset) => local - offset)
      .filter((ms) => offsetAt(ms) === local - ms)
      .sort((a, b) => a - b)
      .map((ms) => ms * 1000);
  };
}
