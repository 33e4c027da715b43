import type { SeriesId } from "../../../domain/data/reading.ts";
import {
  STATISTIC_PERIODS,
  STATISTIC_VALUES,
  type Statistic,
  type StatisticPeriod,
} from "../../../domain/data/statistic.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { type Bytes, putTime, putVarint, reserve, takeTime, takeVarint } from "./bytes.ts";

/** Statistics of one series and period stand in one list of an index; this is that list's number. */
export type StatisticLine = number;

/** Room for periods to come. */
const PERIODS = 16;

export const lineOf = (series: SeriesId, period: StatisticPeriod): StatisticLine =>
  series * PERIODS + STATISTIC_PERIODS.indexOf(period);

export const seriesOfLine = (line: StatisticLine): SeriesId => Math.floor(line / PERIODS);
export const periodOfLine = (line: StatisticLine): StatisticPeriod =>
  STATISTIC_PERIODS[line % PERIODS] as StatisticPeriod;

/** Which values are there, then the line and the start; then the values as doubles, and the last reset. */
export function putStatistic(bytes: Bytes, statistic: Statistic, base: Micros): void {
  reserve(bytes, 80);
  const flags = bytes.at++;
  let there = 0;
  putVarint(bytes, lineOf(statistic.series, statistic.period));
  putTime(bytes, statistic.start, base);
  for (const [i, name] of STATISTIC_VALUES.entries()) {
    const value = statistic[name];
    if (value === null) continue;
    there |= 1 << i;
    bytes.at = bytes.buffer.writeDoubleLE(value, bytes.at);
  }
  if (statistic.lastReset !== null) {
    there |= RESET;
    putTime(bytes, statistic.lastReset, statistic.start);
  }
  bytes.buffer[flags] = there;
}

const RESET = 1 << STATISTIC_VALUES.length;

/** The line and the start alone: what an index needs. */
export function peekStatistic(bytes: Bytes, base: Micros): { readonly line: StatisticLine; readonly start: Micros } {
  bytes.at++;
  const line = takeVarint(bytes);
  return { line, start: takeTime(bytes, base) };
}

export function takeStatistic(bytes: Bytes, base: Micros): Statistic {
  const there = bytes.buffer[bytes.at] as number;
  const { line, start } = peekStatistic(bytes, base);
  const values: { [name in (typeof STATISTIC_VALUES)[number]]: number | null } = {
    mean: null,
    min: null,
    max: null,
    sum: null,
    state: null,
  };
  for (const [i, name] of STATISTIC_VALUES.entries()) {
    if ((there & (1 << i)) === 0) continue;
    values[name] = bytes.buffer.readDoubleLE(bytes.at);
    bytes.at += 8;
  }
  const lastReset = (there & RESET) === 0 ? null : takeTime(bytes, start);
  return { series: seriesOfLine(line), period: periodOfLine(line), start, ...values, lastReset };
}
