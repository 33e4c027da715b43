import type { Seconds, Span } from "../chart-data.ts";

/** Windows of a length that people name; `own` is any other. */
export const PRESETS = ["hour", "day", "week", "month", "year"] as const;
export type Preset = (typeof PRESETS)[number];

export type Range =
  /** `to` null: it ends now, and goes on with the time. */
  | { readonly kind: "preset"; readonly preset: Preset; readonly to: Seconds | null }
  | { readonly kind: "own"; readonly from: Seconds; readonly to: Seconds };

export const COMPARISONS = ["none", "day", "week", "year"] as const;
export type Comparison = (typeof COMPARISONS)[number];

const SHORTEST = 1;
/** Longer than any store is old. */
const LONGEST = 40 * 365 * 86_400;

/** By the reader's calendar: a day later is the same time on the next day, also where clocks were put forward between. */
export function shiftBy(at: Seconds, preset: Preset, count: number): Seconds {
  if (preset === "hour") return at + count * 3_600;
  const date = new Date(at * 1000);
  const fraction = at * 1000 - date.getTime();
  if (preset === "day" || preset === "week") date.setDate(date.getDate() + count * (preset === "week" ? 7 : 1));
  else {
    const day = date.getDate();
    date.setDate(1);
    if (preset === "month") date.setMonth(date.getMonth() + count);
    else date.setFullYear(date.getFullYear() + count);
    // The 31st of a month that has none is its last day.
    date.setDate(Math.min(day, new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate()));
  }
  return (date.getTime() + fraction) / 1000;
}

export function windowOf(range: Range, now: Seconds): Span {
  if (range.kind === "own") return { from: range.from, to: range.to };
  const to = range.to ?? now;
  return { from: shiftBy(to, range.preset, -1), to };
}

/** One window further; what would end in the future ends now. */
export function stepRange(range: Range, direction: 1 | -1, now: Seconds): Range {
  if (range.kind === "preset") {
    const to = shiftBy(range.to ?? now, range.preset, direction);
    return { ...range, to: to >= now ? null : to };
  }
  const length = range.to - range.from;
  const shift = direction > 0 ? Math.min(length, Math.max(0, now - range.to)) : -length;
  return { kind: "own", from: range.from + shift, to: range.to + shift };
}

export const reachesNow = (range: Range, now: Seconds): boolean =>
  range.kind === "preset" ? range.to === null : range.to >= now;

/** A part of a window, as it was dragged over. */
export function zoomTo(span: Span): Range {
  const from = Math.min(span.from, span.to);
  return { kind: "own", from, to: Math.max(from + SHORTEST, span.from, span.to) };
}

/** Around a moment; `factor` under 1 shows less. The future is not entered. */
export function zoomBy(window: Span, factor: number, around: Seconds, now: Seconds): Range {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (window.to - window.from) * factor));
  const share = (around - window.from) / (window.to - window.from);
  const to = Math.min(Math.max(now, window.to), around + length * (1 - share));
  return { kind: "own", from: to - length, to };
}

/** The same stretch of time, earlier; `shift` is what an earlier moment must be moved by to lie over a later one. */
export function earlierWindow(window: Span, comparison: Comparison): (Span & { readonly shift: Seconds }) | null {
  if (comparison === "none") return null;
  const from = shiftBy(window.from, comparison, -1);
  const shift = window.from - from;
  return { from, to: window.to - shift, shift };
}

/** How often a window that ends now is worth asking for again: once it has moved on by a pixel. */
export const refreshSeconds = (window: Span, pixels: number): Seconds =>
  Math.min(600, Math.max(5, (window.to - window.from) / Math.max(1, pixels)));
