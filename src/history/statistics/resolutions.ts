import { Failure } from "../../domain/failure.ts";
import type { Calendar, CalendarUnit } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";

const MINUTE: Micros = 60_000_000;
const DAY: Micros = 86_400_000_000;

/**
 * From fine to coarse. Those below a day are of the UTC clock, as Home Assistant's own statistics are; days, weeks and
 * months are the home's. `window`: one bucket, exactly what was asked for.
 */
export const RESOLUTIONS = ["5m", "15m", "1h", "1d", "1w", "1mo", "window"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

const LENGTHS: { readonly [R in Resolution]: Micros } = {
  "5m": 5 * MINUTE,
  "15m": 15 * MINUTE,
  "1h": 60 * MINUTE,
  "1d": DAY,
  "1w": 7 * DAY,
  "1mo": 30 * DAY,
  window: Number.POSITIVE_INFINITY,
};
const UNITS: { readonly [R in Resolution]?: CalendarUnit } = { "1d": "day", "1w": "week", "1mo": "month" };

/** More are a mistake; they would keep the worker busy for a minute. */
const MOST_BUCKETS = 1_000_000;

/** The finest resolution that makes at most so many buckets of a window. */
export function resolutionFor(window: Window, points: number): Resolution {
  const calendar = RESOLUTIONS.filter((one) => one !== "window");
  return calendar.find((one) => (window.to - window.from) / LENGTHS[one] <= points) ?? "1mo";
}

/** The window made of whole buckets. @throws Failure `invalid_request` where there are too many */
export function wholeBuckets(window: Window, resolution: Resolution, calendar: Calendar): Window {
  if (resolution === "window") return window;
  if ((window.to - window.from) / LENGTHS[resolution] > MOST_BUCKETS)
    throw new Failure("invalid_request", `resolution: makes more than ${MOST_BUCKETS} buckets of the window`, {
      fix: "Ask for a coarser resolution, or for a shorter time.",
    });
  return {
    from: bucketStart(window.from, resolution, calendar),
    to: bucketEnd(window.to - 1, resolution, calendar),
  };
}

export function bucketStart(time: Micros, resolution: Resolution, calendar: Calendar): Micros {
  const unit = UNITS[resolution];
  if (unit) return calendar.startOf(unit, time);
  const length = LENGTHS[resolution];
  return Math.floor(time / length) * length;
}

export function bucketEnd(time: Micros, resolution: Resolution, calendar: Calendar): Micros {
  const unit = UNITS[resolution];
  if (unit) return calendar.nextAfter(unit, time);
  const length = LENGTHS[resolution];
  return (Math.floor(time / length) + 1) * length;
}

/** The edges of up to `most` buckets from a bucket's beginning on. */
export function edgesFrom(
  from: Micros,
  to: Micros,
  most: number,
  resolution: Resolution,
  calendar: Calendar,
): Micros[] {
  if (resolution === "window") return [from, to];
  const edges = [from];
  for (let at = from; at < to && edges.length <= most; ) {
    at = bucketEnd(at, resolution, calendar);
    edges.push(at);
  }
  return edges;
}
