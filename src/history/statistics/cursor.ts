import type { SeriesId } from "../../domain/data/reading.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { badCursor, packCursor, unpackCursor } from "../cursor.ts";
import { RESOLUTIONS, type Resolution } from "./resolutions.ts";

/** Where a page of statistics ended, and of which question it is. */
export type StatisticsPageStart = {
  readonly window: Window;
  readonly resolution: Resolution;
  readonly index: number;
  readonly series: SeriesId;
  /** The beginning of the next bucket. */
  readonly at: Micros;
};

export const writeStatisticsCursor = ({ window, resolution, index, series, at }: StatisticsPageStart): string =>
  packCursor(["statistics", window.from, window.to, RESOLUTIONS.indexOf(resolution), index, series, at]);

export function readStatisticsCursor(text: string): StatisticsPageStart {
  const [kind, ...numbers] = unpackCursor(text) ?? [];
  const [from, to, resolution, index, series, at] = numbers as number[];
  const name = RESOLUTIONS[resolution as number];
  const fits =
    kind === "statistics" &&
    numbers.length === 6 &&
    numbers.every((one) => Number.isSafeInteger(one)) &&
    (from as number) <= (at as number) &&
    (at as number) < (to as number) &&
    (index as number) >= 0;
  if (!fits || !name) throw badCursor("is not one that the hub gave out for statistics");
  return {
    window: { from: from as Micros, to: to as Micros },
    resolution: name,
    index: index as number,
    series: series as SeriesId,
    at: at as Micros,
  };
}
