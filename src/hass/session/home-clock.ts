import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";

/**
 * Home Assistant's time, as far as it is known before its messages tell it exactly. What is stored goes by Home
 * Assistant's clock alone: ours may start in 1970 or jump, and a removal that it stamped would stand in the wrong year.
 */
export type HomeClock = Clock & {
  /** Home Assistant's server says what time it is, to the second. */
  told(serverTime: Micros): void;
  /** How far `now` may be off because Home Assistant's word had to be taken for it. */
  readonly uncertainty: Micros;
};

/** A header names the second that it was sent in; within this it does not contradict our own clock, which is finer. */
const TOLERANCE: Micros = 2_000_000;
const HALF_A_SECOND: Micros = 500_000;

/** Begins with the time of `clock` and goes on by its ticks, whatever becomes of its time. */
export function createHomeClock(clock: Clock): HomeClock {
  const micros = () => Math.round(clock.ticks() * 1000);
  // The ticks first: should the process wait between the two, the time is ahead, and a gap in events too long, not too short.
  let base = -micros();
  base += clock.now();
  let uncertainty = 0;
  const now = () => base + micros();
  return {
    ...clock,
    now,
    told: (serverTime) => {
      const error = serverTime + HALF_A_SECOND - now();
      if (Math.abs(error) <= TOLERANCE) return;
      base += error;
      uncertainty = HALF_A_SECOND;
    },
    get uncertainty() {
      return uncertainty;
    },
  };
}
