import { describeError, Failure } from "../../domain/failure.ts";
import type { JobWork } from "../../platform/jobs/jobs.ts";
import { createBackoff } from "../../platform/time/backoff.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Call } from "../session/session.ts";

/** After a call as long a rest as it took, within these bounds: Home Assistant's recorder has others to serve. */
const LEAST_REST_MS = 20;
const MOST_REST_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * One call at a time, with rests, and none while the link has its hands full. Waits out what passes by itself, and
 * rejects with what Home Assistant refuses.
 */
export function createAsking(needs: {
  readonly call: Call;
  readonly clock: Pick<Clock, "ticks" | "sleep">;
  /** Why Home Assistant is not to be asked now; undefined: it may be. */
  readonly busy: () => string | undefined;
  readonly work: Pick<JobWork, "signal" | "waits">;
}): Call {
  const { call, clock, busy, work } = needs;
  const { signal } = work;

  const calm = async () => {
    for (let why = busy(); why !== undefined; why = busy()) {
      work.waits({ why });
      await clock.sleep(LOOK_AGAIN_MS, signal);
      signal.throwIfAborted();
    }
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  return async (command) => {
    const backoff = createBackoff({ firstMs: 1_000, mostMs: 60_000 });
    for (;;) {
      signal.throwIfAborted();
      await calm();
      work.waits(undefined);
      const began = clock.ticks();
      try {
        const answer = await Promise.race([call(command), stopped]);
        await clock.sleep(Math.min(MOST_REST_MS, Math.max(LEAST_REST_MS, clock.ticks() - began)), signal);
        signal.throwIfAborted();
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Failure && error.code === "command_refused") throw error;
        if (!(error instanceof Failure) || !(error.retry || error.code === "not_connected")) throw error;
        work.waits({ why: `Home Assistant did not answer: ${describeError(error)}.` });
        await clock.sleep(backoff.next(), signal);
      }
    }
  };
}
