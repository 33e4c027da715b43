import { type Micros, microsFromRfc3339, type Window } from "../domain/time/time.ts";
import type { StatisticsFunction } from "../history/statistics/shapes.ts";
import type { EnergyNeeds, Named, Rate } from "./needs.ts";
import type { PricedSlot } from "./windows/windows.ts";

/** Prices change with the quarter of an hour at the most, and local clocks of all zones differ by quarters. */
export const QUARTER: Micros = 900_000_000;
const RESOLUTION = "15m";
const MOST_BUCKETS = 10_000;

type Wanted = Extract<StatisticsFunction, "mean" | "increase" | "covered" | "changes" | "first" | "last">;

/** What a series amounted to in a quarter of an hour, or in longer where readings were let go; null: not known or not asked. */
export type PastBucket = Window & {
  readonly [F in Wanted]: number | null;
} & {
  /** By Home Assistant's own statistics, which do not say how much of the time they rest on. */
  readonly imported: boolean;
};

export type Past = {
  readonly buckets: readonly PastBucket[];
  readonly unit: string | null;
  readonly stateClass: string | null;
};

/** A series by the quarter of an hour. The quarter that is on is not over, and so is left out. */
export async function readPast(
  needs: Pick<EnergyNeeds, "statistics" | "clock" | "timeZone">,
  series: Named,
  functions: readonly Wanted[],
  window: Window,
  signal?: AbortSignal,
): Promise<Past> {
  const buckets: PastBucket[] = [];
  let unit: string | null = null;
  let stateClass: string | null = null;
  let cursor: string | undefined;
  do {
    const answer = await needs.statistics(
      {
        series: [series],
        from: window.from,
        to: Math.min(window.to, lastQuarter(needs.clock.now())),
        resolution: RESOLUTION,
        functions,
        limit: MOST_BUCKETS,
        timeZone: needs.timeZone(),
        ...(cursor === undefined ? {} : { cursor }),
      },
      signal,
    );
    for (const one of answer.series) {
      ({ unit, state_class: stateClass } = one);
      for (const { from, to, source, mean, increase, covered, changes, first, last } of one.buckets ?? [])
        buckets.push({
          ...{ from: timeOf(from), to: timeOf(to), imported: source === "imported" },
          ...{ mean: mean ?? null, increase: increase ?? null, covered: covered ?? null, changes: changes ?? null },
          ...{ first: numberOr(first), last: numberOr(last) },
        });
    }
    cursor = answer.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return { buckets, unit, stateClass };
}

const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** When the quarter of an hour began that is on. */
export const lastQuarter = (now: Micros): Micros => Math.floor(now / QUARTER) * QUARTER;

/** What a rate was: by its recorded past, and beyond that by what it says itself. */
export async function readRate(
  needs: Pick<EnergyNeeds, "statistics" | "clock" | "timeZone">,
  rate: Rate | undefined,
  window: Window,
  signal?: AbortSignal,
): Promise<readonly PricedSlot[]> {
  if (!rate) return [];
  if (!rate.series) return rate.slots;
  const { buckets } = await readPast(needs, rate.series, ["mean"], window, signal);
  return buckets.flatMap(({ from, to, mean }) => (mean === null ? [] : [{ from, to, value: mean }]));
}

const timeOf = (time: string | number): Micros =>
  typeof time === "number" ? time : (microsFromRfc3339(time) as Micros);
