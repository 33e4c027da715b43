import type { Clock } from "./clock.ts";

/** A wait that somebody can end early. */
export type Bell = {
  /** Ends every wait that is under way. */
  ring(): void;
  /** Resolves after `ms`, when the bell rings, or when the signal aborts; without `ms` only the latter two. */
  rest(ms: number | undefined, signal: AbortSignal): Promise<void>;
};

export function createBell(clock: Clock): Bell {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of [...waiting]) wake();
    },
    rest: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const cancel = ms === undefined ? () => {} : clock.after(ms, () => wake());
        const wake = () => {
          cancel();
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      }),
  };
}
