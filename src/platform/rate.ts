import type { Clock } from "./clock.ts";

/** How many per second, over the last whole seconds. */
export type Rate = { add(count: number): void; perSecond(): number };

const SECONDS = 10;

export function createRate(clock: Pick<Clock, "ticks">): Rate {
  const began = Math.floor(clock.ticks() / 1000);
  const buckets = new Array<number>(SECONDS + 1).fill(0);
  let second = began;
  const advance = (): number => {
    const now = Math.floor(clock.ticks() / 1000);
    for (let passed = Math.min(now - second, SECONDS + 1); passed > 0; passed--)
      buckets[(now - passed + 1) % buckets.length] = 0;
    second = now;
    return now;
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
      // The current second is not over: it does not count.
      const sum = buckets.reduce((total, count) => total + count, 0) - (buckets[now % buckets.length] as number);
      return sum / whole;
    },
  };
}
