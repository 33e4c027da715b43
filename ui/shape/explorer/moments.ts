import type { Seconds, Span } from "../chart-data.ts";

type More = { readonly locale?: string; readonly timeZone?: string };

const zoned = ({ timeZone }: More) => (timeZone === undefined ? {} : { timeZone });

/** `25 Nov 2026, 12:00 – 26 Nov 2026, 12:00`, with seconds where minutes would say nothing. */
export function formatWindow({ from, to }: Span, more: More = {}): string {
  const form = new Intl.DateTimeFormat(more.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...(to - from > 60 * 86_400
      ? {}
      : { hour: "2-digit", minute: "2-digit", ...(to - from < 600 ? { second: "2-digit" } : {}) }),
    hourCycle: "h23",
    ...zoned(more),
  });
  return form.formatRange(new Date(from * 1000), new Date(to * 1000));
}

/** A moment as exact as the window lets one point at it. */
export function formatAt(at: Seconds, window: Span, more: More = {}): string {
  const length = window.to - window.from;
  return new Date(at * 1000).toLocaleString(more.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(length > 200 * 86_400 ? { year: "numeric" } : {}),
    hour: "2-digit",
    minute: "2-digit",
    ...(length <= 2 * 86_400 ? { second: "2-digit" } : {}),
    ...(length <= 600 ? { fractionalSecondDigits: 3 } : {}),
    hourCycle: "h23",
    ...zoned(more),
  });
}

/** For a `datetime-local` field: local time, whole seconds. */
export function localInput(at: Seconds): string {
  const date = new Date(Math.floor(at) * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
