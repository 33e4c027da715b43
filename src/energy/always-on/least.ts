import type { Micros, Window } from "../../domain/time/time.ts";
import { isWhole, type KnownPower } from "../house/measured.ts";
import { median } from "../median.ts";

/**
 * How long the least power of a day must last. A refrigerator or a circulation pump is on for a part of each hour: in a
 * shorter time it would count now wholly and now not at all. Most published figures are by the hour, too.
 */
export const HOUR: Micros = 3_600_000_000;
/** Of fewer days the median says little: one away from home would move it. */
export const LEAST_DAYS = 7;
/** A day of which less is known may have had its least hour elsewhere: 20 of 24 hours. */
const DAY_KNOWN = 5 / 6;

export type LeastHour = {
  readonly watts: number;
  /** kWh that a counter told at a time in it; null: it is by a power sensor, or no counter moved. */
  readonly step: number | null;
};

/** What is always taken, by the least hour of each day. */
export type AlwaysOn = {
  /** Median of the days' least hours; null: too few days, or too coarse a meter. */
  readonly watts: number | null;
  /** Half of the days lie within this of the median. */
  readonly spread: number | null;
  /** By a counter: what one of its steps makes in an hour. null: by a power sensor. */
  readonly preciseTo: number | null;
  readonly days: number;
  readonly why?: string;
};

/** The hour of a day with the least mean power, of those that are wholly known; undefined: too little of the day is. */
export function leastHour(known: readonly KnownPower[], day: Window): LeastHour | undefined {
  const own = known.filter((one) => one.from >= day.from && one.to <= day.to && isWhole(one));
  const time = own.reduce((sum, { from, to }) => sum + to - from, 0);
  if (time < DAY_KNOWN * (day.to - day.from)) return undefined;
  let least: LeastHour | undefined;
  for (const [last, { to }] of own.entries()) {
    let first = last;
    while (first > 0 && to - (own[first] as KnownPower).from < HOUR && own[first - 1]?.to === own[first]?.from) first--;
    const length = to - (own[first] as KnownPower).from;
    if (length < HOUR) continue;
    const hour = own.slice(first, last + 1);
    const watts = hour.reduce((sum, one) => sum + one.watts * (one.to - one.from), 0) / length;
    if (least && watts >= least.watts) continue;
    const steps = hour.flatMap(({ step }) => step ?? []);
    least = { watts, step: steps.length === 0 ? null : Math.max(...steps) };
  }
  return least;
}

/** A counter is fine enough where one of its steps is less than this share of the result, or than so many watts. */
const STEP_SHARE = 1 / 4;
const STEP_WATTS = 10;

/**
 * @param days whole ones
 * @param step of the counters over all of the time, for hours in which none of them moved; null: by power sensors
 */
export function alwaysOnOf(known: readonly KnownPower[], days: readonly Window[], step: number | null): AlwaysOn {
  const hours = days.flatMap((day) => leastHour(within(known, day), day) ?? []);
  const none = { watts: null, spread: null, preciseTo: null, days: hours.length };
  if (hours.length < LEAST_DAYS)
    return {
      ...none,
      why: `It takes ${LEAST_DAYS} days of which at least 20 hours are known; there ${hours.length === 1 ? "is" : "are"} ${hours.length}`,
    };
  const watts = median(hours.map((hour) => hour.watts)) as number;
  const spread = median(hours.map((hour) => Math.abs(hour.watts - watts))) as number;
  const steps = hours.flatMap((hour) => hour.step ?? step ?? []);
  const preciseTo = steps.length === 0 ? null : (median(steps) as number) * 1000;
  if (watts < 0) return { ...none, why: "Its meters contradict each other: together they say less than nothing" };
  if (preciseTo !== null && preciseTo > Math.max(STEP_WATTS, STEP_SHARE * watts))
    return { ...none, preciseTo, why: `Its meter tells ${Math.round(preciseTo)} Wh at a time: too coarse for an hour` };
  return { watts, spread, preciseTo, days: hours.length };
}

/** What may lie in a day, found without going through all of them. */
function within(known: readonly KnownPower[], day: Window): readonly KnownPower[] {
  const first = (time: Micros) => {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((known[middle] as KnownPower).from < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return known.slice(first(day.from), first(day.to));
}
