import type { Clock } from "../../platform/time/clock.ts";

const PING_EVERY_MS = 20_000;
/** A half-open connection is found within PING_EVERY_MS + PONG_WITHIN_MS. */
const PONG_WITHIN_MS = 15_000;

/** Asks the other side for a sign of life until `signal` is aborted. */
export async function keepBeating(needs: {
  clock: Clock;
  ping: () => Promise<unknown>;
  onSilence: () => void;
  signal: AbortSignal;
}): Promise<void> {
  const { clock, ping, onSilence, signal } = needs;
  while (!signal.aborted) {
    await clock.sleep(PING_EVERY_MS, signal);
    if (signal.aborted) return;
    const answered = await Promise.race([
      ping().then(() => true),
      clock.sleep(PONG_WITHIN_MS, signal).then(() => false),
    ]).catch(() => true);
    if (!answered && !signal.aborted) onSilence();
  }
}
