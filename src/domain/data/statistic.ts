import type { Micros } from "../time/time.ts";
import type { SeriesId } from "./reading.ts";

/** How long a statistic is; the order is that of their codes on the disk, new ones come last. */
export const STATISTIC_PERIODS = ["5minute", "hour", "day", "week", "month"] as const;
export type StatisticPeriod = (typeof STATISTIC_PERIODS)[number];

/** What Home Assistant's recorder worked out of one series for one period, exactly as it says so. */
export type Statistic = {
  readonly series: SeriesId;
  readonly period: StatisticPeriod;
  /** When the period begins. There is one statistic of a series, period and start: a later one replaces it. */
  readonly start: Micros;
  /** null: not kept for this kind of entity, or not known. */
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** What a meter has counted since its statistics began, and what it showed at the end of the period. */
  readonly sum: number | null;
  readonly state: number | null;
  /** When the meter was set back last. */
  readonly lastReset: Micros | null;
};

export const STATISTIC_VALUES = ["mean", "min", "max", "sum", "state"] as const;

export function sameStatistic(a: Statistic, b: Statistic): boolean {
  return (
    a.series === b.series &&
    a.period === b.period &&
    a.start === b.start &&
    a.lastReset === b.lastReset &&
    STATISTIC_VALUES.every((name) => Object.is(a[name], b[name]))
  );
}
