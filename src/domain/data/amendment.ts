import type { Micros, Window } from "../time/time.ts";
import { mentionsAny, textsOf } from "./mentions.ts";
import type { HomeEvent, SeriesId } from "./reading.ts";
import type { Statistic, StatisticPeriod } from "./statistic.ts";
import type { Summary } from "./summary.ts";

/** What is taken out of the record: of one series, of some times, stored before the amendment itself. */
export type Amendment = {
  /** A correction takes readings that were wrong; an erasure everything that says what the series was, and its bytes. */
  readonly kind: "correction" | "erasure";
  readonly series: SeriesId;
  readonly windows: readonly Window[];
  /** Events of these times that mention one of these names go too. */
  readonly names: readonly string[];
  /** So many entries that follow it belong to it: corrected readings, gaps. Where they are missing it does not count. */
  readonly rest: number;
};

const inside = ({ windows }: Amendment, time: Micros): boolean =>
  windows.some(({ from, to }) => time >= from && time < to);

/** Whether anything of a time, whose ends are both inside, may be meant. */
export const touchesTime = ({ windows }: Amendment, { from, to }: Window): boolean =>
  windows.some((window) => window.from <= to && window.to > from);

export const takesReading = (amendment: Amendment, series: SeriesId, time: Micros): boolean =>
  amendment.series === series && inside(amendment, time);

const HOUR: Micros = 3_600_000_000;
/** At most so long: a local day has up to 25 hours, a month of these 31 days. */
const LONGEST: { readonly [period in StatisticPeriod]: Micros } = {
  "5minute": HOUR / 12,
  hour: HOUR,
  day: 25 * HOUR,
  week: 169 * HOUR,
  month: 745 * HOUR,
};

/** The first moment after a statistic, at the latest. */
export const endOfStatistic = ({ period, start }: Pick<Statistic, "period" | "start">): Micros =>
  start + LONGEST[period];

/** A statistic that holds any of an erased time tells of it. */
export const takesStatistic = (
  amendment: Amendment,
  statistic: Pick<Statistic, "series" | "period" | "start">,
): boolean =>
  amendment.kind === "erasure" &&
  amendment.series === statistic.series &&
  touchesTime(amendment, { from: statistic.start, to: endOfStatistic(statistic) - 1 });

/** A roll-up that holds any of an erased time tells of it. */
export const takesRollup = (
  amendment: Amendment,
  series: SeriesId,
  { firstTime, lastTime }: Pick<Summary, "firstTime" | "lastTime">,
): boolean =>
  amendment.kind === "erasure" &&
  amendment.series === series &&
  touchesTime(amendment, { from: firstTime, to: lastTime });

export const takesEvent = (amendment: Amendment, event: Pick<HomeEvent, "type" | "data" | "time">): boolean =>
  amendment.names.length > 0 && inside(amendment, event.time) && mentionsAny(textsOf(event), new Set(amendment.names));
