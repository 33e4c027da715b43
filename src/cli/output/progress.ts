import type { Clock } from "../../platform/time/clock.ts";
import type { Stream } from "./output.ts";

/** How far long work has come, on a terminal; anywhere else nothing is written. */
export type Progress = {
  /** @param total undefined: not known, so there is no bar */
  show(done: number, total: number | undefined, words?: string): void;
  /** Wipes the line. */
  end(): void;
};

/** Often enough to move, seldom enough to cost nothing. */
const EVERY_MS = 100;
const BAR = 24;

export function createProgress(needs: { stream: Stream; clock: Clock; label: string; width: number }): Progress {
  const { stream, clock, label, width } = needs;
  if (stream.isTTY !== true) return { show: () => {}, end: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show: (done, total, words = "") => {
      const now = clock.ticks();
      if (now - last < EVERY_MS && done !== total) return;
      last = now;
      drawn = true;
      const share = total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
      const full = Math.round((share ?? 0) * BAR);
      const bar =
        share === undefined ? "" : ` ${"█".repeat(full)}${"░".repeat(BAR - full)} ${Math.floor(share * 100)} %`;
      stream.write(`\r\u001b[2K${`${label}${bar} ${words}`.slice(0, width - 1)}`);
    },
    end: () => {
      if (drawn) stream.write("\r\u001b[2K");
      drawn = false;
    },
  };
}
