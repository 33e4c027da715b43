import { describeError } from "../../domain/failure.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";

const MINUTE_MS = 60_000;
/** The hub is answering by then, and Home Assistant has told its energy dashboard. */
const FIRST_MS = MINUTE_MS;
/** Home Assistant's last states of a day are stored by then. */
const AFTER_MIDNIGHT_MS = 10 * MINUTE_MS;
const AGAIN_MS = 30 * MINUTE_MS;
/** Several meters may be chosen in a row. */
const SOON_MS = 2_000;

/** A figure of whole days, worked out anew after each of them, for those who ask for it all the time. */
export function startDaily<T>(needs: {
  /** undefined: it cannot be known now. */
  readonly read: () => Promise<T | undefined>;
  readonly clock: Clock;
  readonly calendar: () => Calendar;
  readonly log: Log;
}) {
  const { read, clock, calendar, log } = needs;
  let last: T | undefined;
  let run = 0;
  let closed = false;
  let cancel = () => {};
  const inMs = (ms: number) => {
    cancel();
    if (!closed) cancel = clock.after(ms, () => void look());
  };
  const look = async () => {
    const own = ++run;
    const found = await read().catch((error: unknown) => {
      log.warning("a figure of the last days could not be worked out", { why: describeError(error) });
      return undefined;
    });
    // Asked anew, or closed, meanwhile.
    if (own !== run) return;
    last = found;
    const now = clock.now();
    inMs(found === undefined ? AGAIN_MS : (calendar().nextAfter("day", now) - now) / 1000 + AFTER_MIDNIGHT_MS);
  };
  inMs(FIRST_MS);
  return {
    /** undefined: it cannot be known, or is not worked out yet. */
    last: () => last,
    /** What it rests on is another from now on. */
    again: () => {
      run++;
      last = undefined;
      inMs(SOON_MS);
    },
    close: () => {
      closed = true;
      run++;
      cancel();
    },
  };
}
