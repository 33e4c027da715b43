import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
/** Which days of the week. */
export const DAY_KINDS = ["all", "workdays", "weekend", ...WEEKDAYS] as const;
export type DayKind = (typeof DAY_KINDS)[number];

/** A local day, as far as it lies in a window. */
export type LocalDay = Window & { readonly whole: Window };

const DAY: Micros = 86_400_000_000;
const WEEKEND = 5;

export function daysIn(window: Window, kind: DayKind, calendar: Calendar): LocalDay[] {
  const days: LocalDay[] = [];
  for (let at = window.from; at < window.to; ) {
    const whole = { from: calendar.startOf("day", at), to: calendar.nextAfter("day", at) };
    if (isOfKind(whole.from, kind, calendar)) days.push({ from: at, to: Math.min(whole.to, window.to), whole });
    at = whole.to;
  }
  return days;
}

/** The last so many whole days before a time. */
export function lastDays(count: number, before: Micros, calendar: Calendar): Window {
  const to = calendar.startOf("day", before);
  let from = to;
  for (let i = 0; i < count; i++) from = calendar.startOf("day", from - 1);
  return { from, to };
}

function isOfKind(day: Micros, kind: DayKind, calendar: Calendar): boolean {
  if (kind === "all") return true;
  // Days of 23 and 25 hours stand near enough to whole ones.
  const weekday = Math.round((day - calendar.startOf("week", day)) / DAY);
  if (kind === "workdays") return weekday < WEEKEND;
  if (kind === "weekend") return weekday >= WEEKEND;
  return WEEKDAYS[weekday] === kind;
}

/** What the clocks show within a day. */
export function clockOf({ whole }: LocalDay, calendar: Calendar): (time: Micros) => Micros {
  // Most days have 24 hours: the calendar need not be asked for each time of them.
  if (whole.to - whole.from === DAY && calendar.clockAt(whole.from) === 0) return (time) => time - whole.from;
  return calendar.clockAt;
}
