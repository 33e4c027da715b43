import type { Micros } from "../../domain/time/time.ts";

/**
 * What time it is for retention. What goes is gone, so a wrong clock must let nothing go: the time is that of the newest
 * change that Home Assistant told live, and it counts only where our own clock agrees and time has run evenly.
 */
export type HomeTime =
  | { readonly trusted: true; readonly asOf: Micros }
  | { readonly trusted: false; readonly asOf: Micros | null; readonly why: string; readonly fix: string };

/** Where time was when it was last looked at. */
export type Watch = {
  /** Home Assistant's time then; kept over restarts. */
  readonly seen: Micros;
  /** Time ticks at that moment, of this run of the hub; null: it was another run. */
  readonly ticks: number | null;
  /** After a leap: how long time has run evenly since, in milliseconds; null: there is nothing to wait for. */
  readonly evenMs: number | null;
};

const SECOND: Micros = 1_000_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** Home Assistant's clock may run ahead of ours by so much. */
const MOST_AHEAD = HOUR;
/** A home in which nothing changes for so long is not connected, or one of the clocks is wrong. */
const MOST_BEHIND = 2 * DAY;
/** How far time may have moved while the hub was stopped without anybody wondering. */
const MOST_STOPPED = 3 * DAY;
/** So long must time run evenly after a leap: what sets clocks right does it within hours. */
export const EVEN_MS = 24 * 3_600_000;

/**
 * Looks at the clocks.
 * @param newest Home Assistant's time of the change that was stored last; undefined: none was since it was installed
 */
export function lookAtTime(given: {
  newest: Micros | undefined;
  ours: Micros;
  ticks: number;
  watch: Watch | undefined;
}): { readonly time: HomeTime; readonly watch: Watch | undefined } {
  const { newest, ours, ticks, watch } = given;
  const refuse = (why: string, fix: string, next: Watch | undefined) => ({
    time: { trusted: false as const, asOf: newest ?? null, why, fix },
    watch: next,
  });
  if (newest === undefined)
    return refuse(
      "Home Assistant has told no change yet.",
      "Connect Home Assistant; nothing is deleted until then.",
      watch,
    );
  const next = watched(newest, ticks, watch);
  const fix = "Check the clocks of Home Assistant and of this machine. Nothing is deleted until they agree.";
  if (newest > ours + MOST_AHEAD)
    return refuse("Home Assistant's time is ahead of this machine's by more than an hour.", fix, again(next));
  if (newest < ours - MOST_BEHIND)
    return refuse("Home Assistant's last change is more than two days old by this machine's clock.", fix, again(next));
  if (next.evenMs !== null) {
    const hours = Math.ceil((EVEN_MS - next.evenMs) / 3_600_000);
    return refuse(
      "Time has leapt, by days in either direction.",
      `If the time is right there is nothing to do: deleting goes on after ${hours} h in which time runs evenly.`,
      next,
    );
  }
  return { time: { trusted: true, asOf: newest }, watch: next };
}

/** A disagreement is waited out like a leap, unless it ends as it came. */
const again = (watch: Watch): Watch => ({ ...watch, evenMs: 0 });

function watched(newest: Micros, ticks: number, watch: Watch | undefined): Watch {
  if (!watch) return { seen: newest, ticks, evenMs: null };
  const moved = newest - watch.seen;
  const passedMs = watch.ticks === null ? 0 : ticks - watch.ticks;
  const most = watch.ticks === null ? MOST_STOPPED : passedMs * 1000 + HOUR;
  const leapt = moved > most || moved < -HOUR;
  const even = leapt ? 0 : watch.evenMs === null ? null : watch.evenMs + passedMs;
  return { seen: newest, ticks, evenMs: even !== null && even >= EVEN_MS ? null : even };
}
