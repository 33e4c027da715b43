import type { Clock } from "../../platform/time/clock.ts";

/** Home Assistant's limits for a client that does not read fast enough. */
export const MOST_PENDING = 4096;
export const PEAK_PENDING = 1024;
export const PEAK_SECONDS = 10;
/** How much may be on its way to the socket before Home Assistant waits for the client. */
const MOST_BYTES_IN_FLIGHT = 2 ** 20;

/** Messages waiting for one client. They leave together, as one array, where the client has asked for that. */
export type Outbox = {
  push(message: string): void;
  coalesce(): void;
  pending(): number;
  /** Nothing leaves and nothing is kept any more. */
  close(): void;
  /** Calls once, when at most `most` messages wait. */
  whenBelow(most: number, run: () => void): void;
};

export function createOutbox(needs: {
  clock: Clock;
  /** Writes one frame; `done` once the system has taken it. */
  write: (frame: string, done: () => void) => void;
  /** Called once, when the client is given up. */
  overflow: (why: string, lastMessage: string) => void;
}): Outbox {
  const { clock, write, overflow } = needs;
  let queue: string[] = [];
  let coalesced = false;
  let closed = false;
  let scheduled = false;
  let inFlight = 0;
  let stopPeakCheck: (() => void) | undefined;
  let waiting: { most: number; run: () => void }[] = [];

  const tellWaiting = () => {
    if (waiting.length === 0) return;
    const ready = waiting.filter(({ most }) => closed || (queue.length <= most && inFlight < MOST_BYTES_IN_FLIGHT));
    waiting = waiting.filter((item) => !ready.includes(item));
    for (const { run } of ready) run();
  };
  const send = (frame: string) => {
    inFlight += frame.length;
    write(frame, () => {
      const wasFull = inFlight >= MOST_BYTES_IN_FLIGHT;
      inFlight -= frame.length;
      if (wasFull && inFlight < MOST_BYTES_IN_FLIGHT) flush();
    });
  };
  const flush = () => {
    scheduled = false;
    if (closed) return tellWaiting();
    if (coalesced && queue.length > 1 && inFlight < MOST_BYTES_IN_FLIGHT) {
      const frame = `[${queue.join(",")}]`;
      queue = [];
      send(frame);
    } else {
      let sent = 0;
      while (sent < queue.length && inFlight < MOST_BYTES_IN_FLIGHT) send(queue[sent++] as string);
      if (sent > 0) queue = queue.slice(sent);
    }
    if (queue.length < PEAK_PENDING) {
      stopPeakCheck?.();
      stopPeakCheck = undefined;
    }
    tellWaiting();
  };
  const giveUp = (why: string) => {
    const last = queue.at(-1) ?? "";
    close();
    overflow(why, last);
  };
  const close = () => {
    closed = true;
    queue = [];
    stopPeakCheck?.();
    stopPeakCheck = undefined;
    tellWaiting();
  };
  return {
    push(message) {
      if (closed) return;
      queue.push(message);
      if (queue.length >= MOST_PENDING) return giveUp(`Reached ${MOST_PENDING} pending messages`);
      if (queue.length > PEAK_PENDING && !stopPeakCheck)
        stopPeakCheck = clock.after(PEAK_SECONDS * 1000, () => {
          stopPeakCheck = undefined;
          if (queue.length >= PEAK_PENDING) giveUp(`Stayed over ${PEAK_PENDING} for ${PEAK_SECONDS} seconds`);
        });
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    coalesce() {
      coalesced = true;
    },
    pending: () => queue.length,
    close,
    whenBelow(most, run) {
      waiting.push({ most, run });
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    },
  };
}
