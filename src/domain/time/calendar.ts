import { createOffset } from "./offset.ts";
import type { Micros } from "./time.ts";

export type CalendarUnit = "day" | "week" | "month";

/**
 * The days, weeks (from Monday) and months of a time zone. A day begins at the first moment at which its clocks show
 * that date or a later one; so days of 23 and 25 hours, midnights that do not exist and calendar days that were left
 * out all come out as one unbroken row of days.
 */
export type Calendar = {
  readonly timeZone: string;
  /** When the day, week or month began that holds a time. */
  startOf(unit: CalendarUnit, time: Micros): Micros;
  /** When the next one after it begins; always later than `time`. */
  nextAfter(unit: CalendarUnit, time: Micros): Micros;
  /** What the clocks show: the time since the midnight of the date that they show. */
  clockAt(time: Micros): Micros;
};

/** Whether times of day are known of a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that was kept of a home, whatever an older version kept; UTC where there is none. */
export const knownTimeZone = (kept: unknown): string =>
  typeof kept === "string" && kept !== "" && isTimeZone(kept) ? kept : "UTC";

const DAY_MS = 86_400_000;
/** No zone is further from UTC, east or west. */
const MOST_OFFSET_MS = 16 * 3_600_000;
/** Days whose beginnings are remembered. */
const MOST_KNOWN = 10_000;

/** Of the zones that were asked for last: what they remember is worth more than most of what is asked of them. */
const lately = new Map<string, Calendar>();
const MOST_LATELY = 4;

/** The same as `createCalendar`, not made anew for each question. @throws RangeError where the zone is unknown */
export function calendarOf(timeZone: string): Calendar {
  const known = lately.get(timeZone) ?? createCalendar(timeZone);
  lately.delete(timeZone);
  lately.set(timeZone, known);
  const [oldest] = lately.keys();
  if (lately.size > MOST_LATELY && oldest !== undefined) lately.delete(oldest);
  return known;
}

/** @throws RangeError where the zone is unknown */
export function createCalendar(timeZone: string): Calendar {
  const offsetAt = createOffset(timeZone);
  const starts = new Map<number, number>();

  /** The first moment between two, of which only the second has the offset `after`, that has it. */
  const changeBetween = (before: number, at: number, after: number): number => {
    let [low, high] = [before, at];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === after) high = middle;
      else low = middle;
    }
    return high;
  };

  /** The first moment, in milliseconds, at which the clocks show this day (counted from 1970-01-01) or a later one. */
  const startOfDay = (day: number): number => {
    const known = starts.get(day);
    if (known !== undefined) return known;
    const midnight = day * DAY_MS;
    const before = midnight - MOST_OFFSET_MS;
    const offset = offsetAt(before);
    let start = midnight - offset;
    const reached = offsetAt(start);
    if (reached !== offset) {
      const change = changeBetween(before, start, reached);
      // The clocks jumped over midnight, or had been put back before it.
      start = Math.max(change, midnight - reached);
    }
    if (starts.size >= MOST_KNOWN) starts.clear();
    starts.set(day, start);
    return start;
  };

  /** The day of a time, where its beginning and its end are remembered. */
  const rememberedDay = (ms: number): number | undefined => {
    const utc = Math.floor(ms / DAY_MS);
    // No zone is a whole day away from UTC.
    for (let day = utc + 1; day >= utc - 1; day--) {
      const [start, end] = [starts.get(day), starts.get(day + 1)];
      if (start !== undefined && end !== undefined && start <= ms && ms < end) return day;
    }
    return undefined;
  };

  const dayOf = (ms: number): number => {
    const remembered = rememberedDay(ms);
    if (remembered !== undefined) return remembered;
    let day = Math.floor((ms + offsetAt(ms)) / DAY_MS);
    // Clocks that are put back over midnight show the day before once more.
    while (startOfDay(day + 1) <= ms) day++;
    return day;
  };

  const millisOf = (time: Micros) => Math.floor(time / 1000);
  const startOf: Calendar["startOf"] = (unit, time) => startOfDay(firstDayOf(unit, dayOf(millisOf(time)))) * 1000;
  return {
    timeZone,
    startOf,
    nextAfter: (unit, time) => {
      let day = firstDayOf(unit, dayOf(millisOf(time)));
      // A day that was left out begins when the next one does.
      for (;;) {
        day = dayAfter(unit, day);
        const start = startOfDay(day) * 1000;
        if (start > time) return start;
      }
    },
    clockAt: (time) => {
      const ms = millisOf(time);
      const shown = (((ms + offsetAt(ms)) % DAY_MS) + DAY_MS) % DAY_MS;
      return shown * 1000 + (time - ms * 1000);
    },
  };
}

/** 1970-01-01 was a Thursday. */
function firstDayOf(unit: CalendarUnit, day: number): number {
  if (unit === "day") return day;
  if (unit === "week") return day - ((((day + 3) % 7) + 7) % 7);
  return day - new Date(day * DAY_MS).getUTCDate() + 1;
}

function dayAfter(unit: CalendarUnit, first: number): number {
  if (unit === "day") return first + 1;
  if (unit === "week") return first + 7;
  const date = new Date(first * DAY_MS);
  return Math.round(new Date(first * DAY_MS).setUTCMonth(date.getUTCMonth() + 1) / DAY_MS);
}
