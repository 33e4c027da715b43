import type { SeriesId } from "../../domain/data/reading.ts";
import { calendarOf } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { badCursor } from "../cursor.ts";
import { readStatisticsCursor } from "./cursor.ts";
import { type Resolution, resolutionFor, wholeBuckets } from "./resolutions.ts";
import type { StatisticsFunction } from "./shapes.ts";

export type StatisticsRequest = {
  readonly series: readonly { readonly id: SeriesId; readonly entityId: string }[];
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
  readonly resolution?: Resolution | "auto" | undefined;
  /** With the resolution `auto`: the finest that makes at most so many buckets. */
  readonly points?: number | undefined;
  readonly functions?: readonly StatisticsFunction[] | undefined;
  readonly form?: "buckets" | "columns" | undefined;
  readonly times?: "rfc3339" | "us" | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  /** Whose days, weeks and months. */
  readonly timeZone: string;
};

export const DEFAULT_POINTS = 500;
export const MOST_POINTS = 10_000;
const DAY: Micros = 86_400_000_000;

export type StatisticsStart = {
  readonly window: Window;
  readonly resolution: Resolution;
  readonly start: { readonly index: number; readonly at: Micros | null };
};

/** Where the answer begins: at a cursor, which must be of the same question, or with the first whole bucket. */
export function statisticsStart(request: StatisticsRequest, now: Micros): StatisticsStart {
  const { series, points = DEFAULT_POINTS, resolution: asked = "auto" } = request;
  const calendar = calendarOf(request.timeZone);
  if (request.cursor === undefined) {
    const to = request.to ?? now;
    const window = { from: request.from ?? to - DAY, to };
    const resolution = asked === "auto" ? resolutionFor(window, points) : asked;
    return {
      window: wholeBuckets(window, resolution, calendar),
      resolution,
      start: { index: 0, at: null },
    };
  }
  const { window, resolution, index, series: id, at } = readStatisticsCursor(request.cursor);
  if (series[index]?.id !== id) throw badCursor("belongs to a question about other entities");
  if (asked !== "auto" && asked !== resolution)
    throw badCursor(`belongs to a question with the resolution ${resolution}`);
  const same = wholeBuckets({ from: request.from ?? window.from, to: request.to ?? window.to }, resolution, calendar);
  if (same.from !== window.from || same.to !== window.to) throw badCursor("belongs to a question about another time");
  return { window, resolution, start: { index, at } };
}
