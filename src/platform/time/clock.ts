import { type Micros, microsFromMillis } from "../../domain/time/time.ts";

/** Time comes in by the front door, so that tests can hold the clock. */
export type Clock = {
  /** Wall clock. It may be wrong and may jump: order and durations never come from it. */
  now(): Micros;
  /** Milliseconds on a clock that only goes forward. */
  ticks(): number;
  /** Calls back once, after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => microsFromMillis(Date.now()),
  ticks: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};
