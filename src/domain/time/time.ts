/** Microseconds since the Unix epoch, UTC. A safe integer until the year 2255. */
export type Micros = number;

/** A time range: `from` is inside, `to` is not. */
export type Window = { readonly from: Micros; readonly to: Micros };

export const ALL_TIME: Window = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/**
 * Home Assistant sends times as float seconds. The whole seconds are split off first, then the rest is rounded
 * half-even: `Math.round(seconds * 1e6)` is one microsecond off for about one value in eight.
 */
export function microsFromSeconds(seconds: number): Micros {
  const whole = Math.floor(seconds);
  return whole * 1_000_000 + roundHalfEven((seconds - whole) * 1_000_000);
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

export const microsFromMillis = (millis: number): Micros => Math.round(millis * 1000);

/** `2026-11-23T22:39:00.123456Z`: always UTC, always six decimals, so that texts sort as times do. */
export function microsToRfc3339(time: Micros): string {
  const millis = Math.floor(time / 1000);
  const rest = time - millis * 1000;
  const text = new Date(millis).toISOString();
  return `${text.slice(0, -1)}${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}Z`;
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** The time that an RFC 3339 text with a zone names (digits past the microsecond are cut), or undefined. */
export function microsFromRfc3339(text: string): Micros | undefined {
  const parts = RFC3339.exec(text);
  if (!parts) return undefined;
  const [, date, clock, fraction = "", zone] = parts;
  const millis = Date.parse(`${date}T${clock?.length === 5 ? `${clock}:00` : clock}${zone?.toUpperCase()}`);
  if (Number.isNaN(millis)) return undefined;
  return millis * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** The UTC month of a time from the years 1684 to 2255, `2026-11`. */
export const utcMonth = (time: Micros): string => new Date(Math.floor(time / 1000)).toISOString().slice(0, 7);

/** The first microsecond of a UTC month. */
export const utcMonthStart = (month: string): Micros => Date.parse(`${month}-01T00:00:00Z`) * 1000;

/** The first microsecond after a UTC month. */
export function utcMonthEnd(month: string): Micros {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return Date.UTC(year, number, 1) * 1000;
}
