import type { Micros } from "../domain/time.ts";

/**
 * Home Assistant's clock as seen from ours. Its messages arrive a moment after the time they name; the least such
 * delay of late is network and clock difference together, and taking it off an arrival gives Home Assistant's time.
 */
export type CoreClock = { observe(arrival: Micros, time: Micros): void; at(arrival: Micros): Micros };

/** The estimate follows a drifting clock upwards by this much per observation. */
const LEAK: Micros = 5;

export function createCoreClock(): CoreClock {
  let offset = Number.POSITIVE_INFINITY;
  return {
    observe: (arrival, time) => {
      offset = Math.min(offset + LEAK, arrival - time);
    },
    at: (arrival) => (Number.isFinite(offset) ? arrival - offset : arrival),
  };
}
