import type { Clock } from "./clock.ts";

/** How many of late, by whole seconds: the current one is not over and does not count. */
export type Rate = {
  add(count: number): void;
  /** The mean of the last ten seconds. */
  perSecond(): number;
  /** How many in the last minute. */
  lastMinute(): number;
};

const SECONDS = 10;
const KEPT_SECONDS = 60;

export function createRate(clock: Pick<Clock, "ticks">): Rate {
  const began = Math.floor(clock.ticks() / 1000);
  const buckets = new Array<number>(KEPT_SECONDS + 1).fill(0);
  let second = began;
  const advance = (): number => {
    const now = Math.floor(clock.ticks() / 1000);
    for (let passed = Math.min(now - second, KEPT_SECONDS + 1); passed > 0; passed--)
      buckets[(now - passed + 1) % buckets.length] = 0;
    second = now;
    return now;
  };
  const sumOfLast = (seconds: number, now: number): number => {
    let sum = 0;
    for (let ago = 1; ago <= seconds; ago++) sum += buckets[(now - ago + buckets.length) % buckets.length] as number;
    return sum;
  };
  return {
    add: (count) => {
      const at = advance() % buckets.length;
      buckets[at] = (buckets[at] as number) + count;
    },
    perSecond: () => {
      const now = advance();
      const whole = Math.min(SECONDS, now - began);
      if (whole === 0) return 0;
      return sumOfLast(whole, now) / whole;
    },
    lastMinute: () => sumOfLast(KEPT_SECONDS, advance()),
  };
}
