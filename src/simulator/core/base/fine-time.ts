import type { Micros } from "../../../domain/time/time.ts";
import type { Clock } from "../../../platform/time/clock.ts";

/** How far the wall clock may stray from the counted time before it is believed again. */
const DRIFT_MICROS = 5000;

/** The clock's time to the microsecond, as Home Assistant stamps its changes; it never stands still or goes back. */
export function createFineTime(clock: Clock): () => Micros {
  let wall = clock.now();
  let ticks = clock.ticks();
  let last = 0;
  return () => {
    let time = wall + Math.round((clock.ticks() - ticks) * 1000);
    const now = clock.now();
    if (Math.abs(time - now) > DRIFT_MICROS) {
      // The wall clock was set: follow it, backwards too.
      wall = now;
      ticks = clock.ticks();
      time = now;
      last = 0;
    }
    if (time < last) time = last;
    last = time;
    return time;
  };
}
