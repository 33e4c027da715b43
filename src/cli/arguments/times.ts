import { type Micros, microsFromMillis, microsFromRfc3339 } from "../../domain/time/time.ts";
import { misuse } from "./parse.ts";

const UNITS = { s: 1, min: 60, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
const AGO = /^(\d{1,6})(s|min|m|h|d|w)$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `2026-11-23T22:39:00Z`, a day of this machine's time zone (its beginning), `now`, or so long ago: `90m`, `24h`, `7d`. */
export function readTime(option: string, text: string | undefined, now: Micros): Micros | undefined {
  if (text === undefined) return undefined;
  if (text === "now") return now;
  const ago = AGO.exec(text);
  if (ago) return now - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS] * 1_000_000;
  const day = DAY.exec(text);
  const date = day && new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  const time = date && date.getDate() === Number(day[3]) ? microsFromMillis(date.getTime()) : microsFromRfc3339(text);
  if (time !== undefined) return time;
  throw misuse(
    `--${option} is ${text}, which is no time`,
    "Write 2026-11-23T22:39:00Z (with a zone), a day such as 2026-11-23, now, or so long ago: 90m, 24h, 7d, 2w.",
  );
}
