import { createOffset } from "../../../../domain/time/offset.ts";

/**
 * What a clock on the wall shows, as the milliseconds that the same figures would be in UTC: `2026-07-01T09:00` in
 * Berlin is `Date.UTC(2026, 6, 1, 9)`. Recurrences are counted in it, as people do.
 */
export type Wall = number;

export type Zone = {
  /** Of tz database; null: a zone that a calendar describes itself. */
  readonly name: string | null;
  /** Milliseconds since the epoch. A time that comes twice is the first; one that is left out counts on from before. */
  instant(wall: Wall): number;
  wall(ms: number): Wall;
};

export const DAY_MS = 86_400_000;

/** @param offsetAt what the clocks are ahead of UTC by, in ms, at a time */
export function zoneOf(name: string | null, offsetAt: (ms: number) => number): Zone {
  return {
    name,
    wall: (ms) => ms + offsetAt(ms),
    instant: (wall) => {
      const before = offsetAt(wall - DAY_MS);
      const first = wall - before;
      if (offsetAt(first) === before) return first;
      const second = wall - offsetAt(wall + DAY_MS);
      return offsetAt(second) === wall - second ? second : first;
    },
  };
}

const known = new Map<string, Zone>();
const MOST_KNOWN = 50;

/** @throws RangeError where the zone is unknown */
export function ianaZone(name: string): Zone {
  const before = known.get(name);
  if (before) return before;
  const zone = zoneOf(name, createOffset(name));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, zone);
  return zone;
}

export const UTC = zoneOf("UTC", () => 0);

/** `2026-12-24`. */
export const dateOf = (wall: Wall): string => new Date(wall).toISOString().slice(0, 10);
export const wallOfDate = (date: string): Wall => Date.parse(`${date}T00:00:00Z`);
