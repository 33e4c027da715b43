import type { Reading } from "../../domain/data/reading.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Order } from "../../store/store.ts";
import { lengthOf, mergeWindows } from "../statistics/values/spans.ts";
import { type Page, removalsOf } from "./pages.ts";

/** Watches the readings of a series go by, to say in the end what share of the window is known. */
export type Known = {
  /** The first rows of the next page. */
  add(page: Page, count: number): void;
  /**
   * The time in no gap, after the first reading, with the entity not removed; null: nothing of the window has come yet.
   *
   * @param before the last reading before the window
   */
  share(before: Pick<Reading, "state"> | undefined): number | null;
};

/** @param needs.until what comes later is not known yet, and does not count. */
export function createKnown(needs: { window: Window; until: Micros; holes: readonly Window[]; order: Order }): Known {
  const { holes, order } = needs;
  const { from } = needs.window;
  const to = Math.min(needs.window.to, needs.until);
  const removed: Window[] = [];
  let oldest: Micros | undefined;
  /** Oldest first: since when the entity is removed. */
  let gone: Micros | undefined;
  /** Newest first: the time of the row before. */
  let newer: Micros = to;
  return {
    add: (page, count) => {
      const time = (row: number) => page.cursor(row).time;
      if (order === "oldest_first") {
        oldest ??= time(0);
        if (gone !== undefined) removed.push({ from: gone, to: time(0) });
        gone = undefined;
        for (const row of removalsOf(page, count)) {
          if (row + 1 < count) removed.push({ from: time(row), to: time(row + 1) });
          else gone = time(row);
        }
      } else {
        for (const row of removalsOf(page, count))
          removed.push({ from: time(row), to: row === 0 ? newer : time(row - 1) });
        oldest = time(count - 1);
        newer = oldest;
      }
    },
    share: (before) => {
      if (from >= to) return null;
      const missing = [...holes, ...removed];
      if (gone !== undefined) missing.push({ from: gone, to });
      if (typeof before?.state !== "string") missing.push({ from, to: oldest ?? to });
      const inside = missing.map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) }));
      return 1 - lengthOf(mergeWindows(inside)) / (to - from);
    },
  };
}
