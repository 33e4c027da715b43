import { Cron } from "croner";
import { type Micros, microsFromMillis } from "../../domain/time/time.ts";
import type { Clock } from "./clock.ts";

/** When a pattern (`40 3 * * *`) comes next after a time, by the clocks of a time zone. undefined: never. */
export function nextTime(pattern: string, timeZone: string, after: Micros): Micros | undefined {
  const next = new Cron(pattern, { timezone: timeZone, paused: true }).nextRun(new Date(after / 1000));
  return next ? microsFromMillis(next.getTime()) : undefined;
}

/** Waits are cut into pieces: a wall clock that is set meanwhile is noticed within one. */
const LONGEST_WAIT_MS = 60_000;

/** Calls `run` at every time of the pattern until the answer is called. A time that the machine slept through is made up for once. */
export function startSchedule(needs: { pattern: string; timeZone: string; clock: Clock; run(): void }): () => void {
  const { pattern, timeZone, clock, run } = needs;
  let next = nextTime(pattern, timeZone, clock.now());
  let before = clock.now();
  let cancel = () => {};
  const wait = () => {
    if (next === undefined) return;
    cancel = clock.after(Math.max(0, Math.min(LONGEST_WAIT_MS, (next - clock.now()) / 1000)), look);
  };
  const look = () => {
    const now = clock.now();
    const isDue = next !== undefined && now >= next;
    // A clock that went back: what was next may be far away now.
    if (isDue || now < before) next = nextTime(pattern, timeZone, now);
    before = now;
    wait();
    if (isDue) run();
  };
  wait();
  return () => cancel();
}
