import type { ReadingColumn } from "../plan.ts";

/** Columns that are the same for all readings of a series. */
const SAME: readonly ReadingColumn[] = ["entity_id", "series"];

/** Whether columns of the store have all that is asked for: of what changes from row to row the time, then the state. */
export const fitsColumns = (asked: readonly ReadingColumn[]): boolean =>
  asked.filter((column) => !SAME.includes(column)).join() === "time,state";
