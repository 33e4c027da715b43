import type { Micros } from "../../src/domain/time/time.ts";
import type { Clock } from "../../src/platform/time/clock.ts";

/** A clock that a test moves. Timers run, in the order of their times, when it passes them. */
export type TestClock = Clock & { advance(ms: number): void; readonly timers: number };

export const TEST_TIME: Micros = 1_795_455_326_760_001;

export function createTestClock(start: Micros = TEST_TIME): TestClock {
  let now = start;
  let ticks = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const after = (ms: number, run: () => void) => {
    const timer = { at: ticks + ms, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => now,
    ticks: () => ticks,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const cancel = after(ms, resolve);
        signal?.addEventListener("abort", () => {
          cancel();
          resolve();
        });
      }),
    advance: (ms) => {
      const end = ticks + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        now += Math.round((next.at - ticks) * 1000);
        ticks = next.at;
        next.run();
      }
      now += Math.round((end - ticks) * 1000);
      ticks = end;
    },
    get timers() {
      return timers.size;
    },
  };
}
