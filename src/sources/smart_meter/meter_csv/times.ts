import { type Micros, microsFromRfc3339 } from "../../../domain/time/time.ts";
import { type LocalMs, localMs } from "../local-clock.ts";

export const TIME_FORMATS = [
  "RFC 3339",
  "YYYY-MM-DD HH:mm",
  "DD.MM.YYYY HH:mm",
  "DD/MM/YYYY HH:mm",
  "MM/DD/YYYY HH:mm",
  "DD-MM-YYYY HH:mm",
  "YYYY/MM/DD HH:mm",
  "YYYYMMDD HH:mm",
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** Seconds and the letters of twelve hours may follow; a date alone is its midnight. */
const CLOCK = /^(?:(?:[ T]|, ?)\s*(\d{1,2}):?(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([ap]\.?m\.?)?)?$/i;
const DATES: { readonly [format in Exclude<TimeFormat, "RFC 3339">]: readonly [date: RegExp, order: string] } = {
  "YYYY-MM-DD HH:mm": [/^(\d{4})-(\d{1,2})-(\d{1,2})/, "ymd"],
  "DD.MM.YYYY HH:mm": [/^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?!\d)/, "dmy"],
  "DD/MM/YYYY HH:mm": [/^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?!\d)/, "dmy"],
  "MM/DD/YYYY HH:mm": [/^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?!\d)/, "mdy"],
  "DD-MM-YYYY HH:mm": [/^(\d{1,2})-(\d{1,2})-(\d{4})/, "dmy"],
  "YYYY/MM/DD HH:mm": [/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, "ymd"],
  "YYYYMMDD HH:mm": [/^(\d{4})(\d{2})(\d{2})(?=\D|$|\d{4})/, "ymd"],
};
const DAY_MS = 86_400_000;

/** A time as a row says it: an instant, or what the clocks of some zone show. */
export type RowTime = { readonly instant: Micros } | { readonly local: LocalMs };

/** undefined: it is no such time. */
export function parseTime(given: string, format: TimeFormat): RowTime | undefined {
  const text = given.trim();
  if (format === "RFC 3339") {
    const instant = microsFromRfc3339(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
    return instant === undefined ? undefined : { instant };
  }
  const [pattern, order] = DATES[format];
  const date = pattern.exec(text);
  if (!date) return undefined;
  const rest = text.slice(date[0].length);
  // Eight digits of a date and four of a time of day may stand together.
  const clock = CLOCK.exec(/^\d{4}$/.test(rest) ? ` ${rest}` : rest);
  if (!clock) return undefined;
  const part = (letter: string) => Number(date[order.indexOf(letter) + 1]);
  const year = part("y") < 100 ? 2000 + part("y") : part("y");
  const [, hours = "0", minutes = "0", seconds = "0", letters] = clock;
  const hour = hourOf(Number(hours), letters);
  if (hour === undefined) return undefined;
  // The end of a day is written so, too.
  const isEnd = hour === 24 && Number(minutes) === 0 && Number(seconds) === 0;
  const local = localMs(year, part("m"), part("d"), isEnd ? 0 : hour, Number(minutes), Number(seconds));
  return local === undefined ? undefined : { local: isEnd ? local + DAY_MS : local };
}

function hourOf(hour: number, letters: string | undefined): number | undefined {
  if (letters === undefined) return hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (/^p/i.test(letters) ? 12 : 0);
}
