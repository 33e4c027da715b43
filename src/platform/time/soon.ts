import type { Clock } from "./clock.ts";

/** Runs something a little after it was asked for, for all who asked meanwhile, and not more often than it should. */
export type Soon = {
  ask(): void;
  /** What was asked for and has not run yet does not run. */
  cancel(): void;
};

/**
 * @param waitMs after the first that asks
 * @param everyMs least time between two runs
 */
export function createSoon(needs: {
  readonly clock: Clock;
  readonly waitMs: number;
  readonly everyMs: number;
  readonly run: () => void;
}): Soon {
  const { clock, waitMs, everyMs, run } = needs;
  let cancelRun: (() => void) | undefined;
  let ran = Number.NEGATIVE_INFINITY;
  return {
    ask: () => {
      cancelRun ??= clock.after(Math.max(waitMs, ran + everyMs - clock.ticks()), () => {
        cancelRun = undefined;
        ran = clock.ticks();
        run();
      });
    },
    cancel: () => {
      cancelRun?.();
      cancelRun = undefined;
    },
  };
}
