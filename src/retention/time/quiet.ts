import { calendarOf } from "../../domain/time/calendar.ts";
import type { Micros } from "../../domain/time/time.ts";

const HOUR: Micros = 3_600_000_000;
const QUIET_HOUR = 3;

/**
 * When things go next by the clock: at three in the morning of the home, at once where that was missed for a day.
 * @param last when it was last looked at; null: never
 */
export function nextQuiet(last: Micros | null, now: Micros, timeZone = "UTC"): Micros {
  const calendar = calendarOf(timeZone);
  const from = last ?? now - QUIET_HOUR * HOUR;
  const today = calendar.startOf("day", from) + QUIET_HOUR * HOUR;
  return today > from ? today : calendar.nextAfter("day", from) + QUIET_HOUR * HOUR;
}
