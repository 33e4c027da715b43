import type { Span } from "../../api-energy-types.ts";

/** In the reader's own time zone. */
export const formatHour = (ms: number): string =>
  new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const formatSpan = ({ from, to }: Span): string =>
  `${formatHour(Date.parse(from))} – ${formatHour(Date.parse(to))}`;

export const formatShortDay = (time: string): string =>
  new Date(Date.parse(time)).toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });

/** By its noon: the home's day may begin on another date where the reader is. */
export const formatHomeDay = (from: string): string =>
  formatShortDay(new Date(Date.parse(from) + 12 * 3_600_000).toISOString());

/** `Thu 26 Nov, 22:00 – 00:00`. */
export const formatDaySpan = (span: Span): string => `${formatShortDay(span.from)}, ${formatSpan(span)}`;

/** `Thu 26 Nov, 22:00`. */
export const formatDayTime = (time: string): string => `${formatShortDay(time)}, ${formatHour(Date.parse(time))}`;
