import type { Context, Position } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Cursor, LogEntry, Narrow, Order } from "../store.ts";

type Asked = { readonly window: Window; readonly order: Order; readonly after?: Cursor; readonly limit: number };

export function checkQuery({ limit, order }: Asked): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new Failure("bad_query", `limit is ${limit}`, { fix: "Ask for at least 1 with a whole number" });
  if (order !== "oldest_first" && order !== "newest_first")
    throw new Failure("bad_query", `order is ${order}`, { fix: "Ask for oldest_first or newest_first" });
}

/** The window with what lies before the cursor cut off; entries at the cursor's own time are still inside. */
export function windowLeft({ window, order, after }: Asked): Window {
  if (!after) return window;
  return order === "oldest_first"
    ? { from: Math.max(window.from, after.time), to: window.to }
    : { from: window.from, to: Math.min(window.to, after.time + 1) };
}

export function isPast(time: Micros, position: Position, { order, after }: Asked): boolean {
  if (!after) return true;
  if (time === after.time) return order === "oldest_first" ? position > after.position : position < after.position;
  return order === "oldest_first" ? time > after.time : time < after.time;
}

/** Whether an entry of the log is of a window's time. */
export function isOfTime(entry: LogEntry, window: Window | undefined): boolean {
  if (!window) return true;
  if (entry.kind === "gap") return false;
  const { time } = entry.kind === "reading" ? entry.reading : entry.event;
  return time >= window.from && time < window.to;
}

export const contextOf = (entry: LogEntry): Context | null =>
  entry.kind === "reading" ? entry.reading.context : entry.kind === "event" ? entry.event.context : null;

/** A view that was made for less than what is asked of it would answer wrongly: refuse. */
export const tooNarrow = (what: string, narrow: Narrow): Failure =>
  new Failure("view_too_narrow", `The view does not hold ${what} (it was made for ${JSON.stringify(narrow)})`, {
    fix: "Name everything that will be asked when making the view",
  });
