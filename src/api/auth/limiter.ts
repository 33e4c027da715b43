import type { Clock } from "../../platform/time/clock.ts";

/**
 * Counts wrong credentials by address. Right ones always pass, so that one misconfigured client behind a shared
 * address shuts nobody else out; guessing 32 random bytes is hopeless at any rate, this keeps it from being a load.
 */
export type Limiter = {
  /** Notes a wrong attempt; a number is the seconds to wait, undefined: within the limit. */
  fail(address: string): number | undefined;
};

const WINDOW_MS = 60_000;
const MOST_PER_WINDOW = 20;
/** More addresses than a home has; the oldest is forgotten first. */
const MOST_ADDRESSES = 1_000;

export function createLimiter({ clock }: { clock: Clock }): Limiter {
  const windows = new Map<string, { start: number; count: number }>();
  return {
    fail: (address) => {
      const now = clock.ticks();
      let window = windows.get(address);
      if (!window || now - window.start >= WINDOW_MS) {
        window = { start: now, count: 0 };
        windows.delete(address);
        const oldest = windows.size >= MOST_ADDRESSES ? windows.keys().next().value : undefined;
        if (oldest !== undefined) windows.delete(oldest);
        windows.set(address, window);
      }
      window.count++;
      if (window.count <= MOST_PER_WINDOW) return undefined;
      return Math.max(1, Math.ceil((window.start + WINDOW_MS - now) / 1000));
    },
  };
}
