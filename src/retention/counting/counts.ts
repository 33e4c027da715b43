import type { SeriesId } from "../../domain/data/reading.ts";
import { type Micros, utcMonthEnd } from "../../domain/time/time.ts";
import type { RollupUsage, ShedPlan, Usage } from "../../store/store.ts";
import { monthStart } from "../forecast/sizes.ts";
import type { Cutoff, Plan } from "../plan/plan.ts";

/** What the store is told. */
export const shedPlanOf = ({ readings, events, rollups }: Pick<Plan, "readings" | "events" | "rollups">): ShedPlan => ({
  readings: { default: null, series: cutoffsOf(readings) },
  events: { default: events?.before ?? null },
  rollups: { default: null, series: cutoffsOf(rollups) },
});

const cutoffsOf = (cutoffs: ReadonlyMap<SeriesId, Cutoff>): Map<SeriesId, Micros> =>
  new Map([...cutoffs].map(([id, { before }]) => [id, before]));

/** From where on the readings of a series stay: from its cut-off, or the last one before if there is none at it. */
export type Horizons = ReadonlyMap<SeriesId, Micros>;

/** Where a horizon falls inside a month: the readings there must be counted one by one. */
export type Partial = { readonly series: SeriesId; readonly from: Micros; readonly to: Micros };

export function partialsOf(horizons: Horizons, usage: readonly Usage[]): Partial[] {
  return usage.flatMap(({ series, month }) => {
    const to = horizons.get(series);
    const from = monthStart(month);
    return to !== undefined && from < to && to < utcMonthEnd(month) ? [{ series, from, to }] : [];
  });
}

/** What goes, exactly. */
export type Count = {
  readonly series: SeriesId;
  readonly cutoff: Cutoff;
  readonly readings: number;
  readonly bytes: number;
};

/** @param counted the number of readings of each of `partialsOf`, by series */
export function countPlan(
  plan: Plan,
  horizons: Horizons,
  usage: readonly Usage[],
  counted: ReadonlyMap<SeriesId, number>,
): Count[] {
  return [...Map.groupBy(usage, ({ series }) => series)].flatMap(([series, rows]) => {
    const cutoff = plan.readings.get(series);
    const horizon = horizons.get(series);
    if (!cutoff || horizon === undefined) return [];
    let readings = 0;
    let bytes = 0;
    for (const row of rows) {
      if (monthStart(row.month) >= horizon) continue;
      const whole = utcMonthEnd(row.month) <= horizon;
      const going = whole ? row.readings : (counted.get(series) ?? 0);
      readings += going;
      bytes += row.readings === 0 ? 0 : (row.bytes * going) / row.readings;
    }
    return readings === 0 ? [] : [{ series, cutoff, readings, bytes: Math.round(bytes) }];
  });
}

export type RollupCount = {
  readonly series: SeriesId;
  readonly cutoff: Cutoff;
  readonly rollups: number;
  readonly bytes: number;
};

/** @param counted how many roll-ups of each series end before its cut-off */
export function countRollups(
  plan: Plan,
  usage: readonly RollupUsage[],
  counted: ReadonlyMap<SeriesId, number>,
): RollupCount[] {
  return [...Map.groupBy(usage, ({ series }) => series)].flatMap(([series, rows]) => {
    const cutoff = plan.rollups.get(series);
    const rollups = counted.get(series) ?? 0;
    if (!cutoff || rollups === 0) return [];
    const all = rows.reduce((sum, row) => sum + row.rollups, 0);
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    return [{ series, cutoff, rollups, bytes: Math.round((bytes * rollups) / Math.max(rollups, all)) }];
  });
}
