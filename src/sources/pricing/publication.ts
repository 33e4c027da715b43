import type { Calendar } from "../../domain/time/calendar.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import { covers, HOUR, MINUTE, type PriceSlot } from "./slots.ts";

/** When the prices of the next day come out. */
export type Publication = {
  /** Whose days the prices are of. */
  readonly calendar: Calendar;
  /** Minutes after midnight there, from noon on. */
  readonly from: number;
  /** Minutes after midnight there: later than this something is wrong. */
  readonly until: number;
};

/** Asked for so often between the time of publication and the time when it is given up. */
const STEP = 5 * MINUTE;

/** The day of a moment and the day after it. */
export function twoDays(calendar: Calendar, now: Micros): { readonly today: Window; readonly tomorrow: Window } {
  const today = { from: calendar.startOf("day", now), to: calendar.nextAfter("day", now) };
  return { today, tomorrow: { from: today.to, to: calendar.nextAfter("day", today.to) } };
}

/**
 * When to ask again. Once tomorrow is whole, that is when the day after it comes out; before that in steps, and hourly
 * once it is late. Tomorrow is whole when all of it has a price: 92, 96 or 100 quarter hours.
 */
export function askAgain(
  slots: readonly PriceSlot[],
  now: Micros,
  publication: Publication,
): { readonly next: Micros; readonly waitsFor?: string } {
  const { today, tomorrow } = twoDays(publication.calendar, now);
  const due = clockTime(today, publication.from);
  const late = clockTime(today, publication.until);
  const words = `the prices of tomorrow, which come out at about ${utcClock(due)}`;
  if (!covers(slots, tomorrow)) {
    if (now < due) return { next: due };
    if (now < late) return { next: now + STEP, waitsFor: words };
    return { next: now + HOUR, waitsFor: `${words}: they are late, and asked for once an hour` };
  }
  const { from, to } = today;
  if (!covers(slots, { from: Math.max(now, from), to }))
    return { next: now + HOUR, waitsFor: "prices of today that are missing" };
  return { next: clockTime(tomorrow, publication.from) };
}

/** Counted back from midnight, since clocks are put forward and back before noon. */
const clockTime = (day: Window, minute: number): Micros => day.to - (24 * 60 - minute) * MINUTE;
const utcClock = (time: Micros): string => `${microsToRfc3339(time).slice(11, 16)} UTC`;
