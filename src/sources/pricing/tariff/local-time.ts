import type { Micros } from "../../../domain/time/time.ts";

/** What the clocks and the calendar of a time zone show. */
export type LocalTime = {
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Minutes after midnight, as the clock shows them. */
  readonly minute: number;
  readonly weekday: Weekday;
};

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** @throws RangeError where the zone is unknown */
export function createLocalTime(timeZone: string): (time: Micros) => LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (time) => {
    const parts = new Map(format.formatToParts(Math.floor(time / 1000)).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    return {
      month: number("month"),
      day: number("day"),
      minute: number("hour") * 60 + number("minute"),
      weekday: (parts.get("weekday") ?? "").toLowerCase() as Weekday,
    };
  };
}
