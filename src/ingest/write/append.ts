import type { Position } from "../../domain/data/reading.ts";
import { describeError, Failure } from "../../domain/failure.ts";
import { createBackoff } from "../../platform/time/backoff.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";

/**
 * Waits for the disk as long as it takes: what waits meanwhile is bounded by the link, which refills what it drops.
 * Rejects with what waiting cannot mend.
 */
export function createPatientAppend<Entry>(needs: {
  append: (entries: readonly Entry[]) => Promise<readonly Position[]>;
  clock: Clock;
  log: Log;
  status: StatusBoard;
  signal: AbortSignal;
}): (entries: readonly Entry[]) => Promise<readonly Position[]> {
  const { clock, log, status, signal } = needs;
  return async (entries) => {
    const backoff = createBackoff({ firstMs: 100, mostMs: 5_000 });
    for (;;) {
      try {
        const positions = await needs.append(entries);
        if (backoff.tries > 0) log.info("the store takes changes again");
        return positions;
      } catch (error) {
        if (!(error instanceof Failure) || !error.retry || signal.aborted) throw error;
        status.set("recording", {
          state: "degraded",
          why: `Changes wait in memory: ${describeError(error)}.`,
          fix: error.fix ?? "Free space on the disk; recording goes on by itself.",
        });
        if (backoff.tries === 0) log.warning("the store refuses changes; trying again", { why: describeError(error) });
        await clock.sleep(backoff.next(), signal);
      }
    }
  };
}
