import type { Reading, Stored } from "../../../../domain/data/reading.ts";
import { type Summary, summarise } from "../../../../domain/data/summary.ts";
import { calendarOf } from "../../../../domain/time/calendar.ts";

/** Fewer readings are decoded sooner than a summary of them is worth its bytes. */
const WORTH_A_SUMMARY = 512;
const WORTH_A_DAY = 32;

/** What the rows of a chunk amount to, in order: by the home's days where a day holds enough of them, else as a whole. */
export type DaySummaries = (rows: readonly Stored<Reading>[]) => readonly Summary[];

/** Days of this zone are what is asked for most; where another one asks, rows are decoded where its days begin and end. */
export function createDaySummaries(timeZone: string): DaySummaries {
  const calendar = calendarOf(timeZone);
  return (rows) => {
    if (rows.length < WORTH_A_SUMMARY) return [];
    const days: Summary[] = [];
    for (let from = 0; from < rows.length; ) {
      const end = calendar.nextAfter("day", (rows[from] as Reading).time);
      let to = from + 1;
      while (to < rows.length && (rows[to] as Reading).time < end) to++;
      days.push(summarise(rows.slice(from, to)));
      from = to;
    }
    return rows.length >= days.length * WORTH_A_DAY ? days : [summarise(rows)];
  };
}
