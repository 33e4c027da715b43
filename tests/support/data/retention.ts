import type { Selector, Traits } from "../../../src/domain/home/selector.ts";
import type { Growth } from "../../../src/retention/forecast/forecast.ts";
import type { PlanNeeds } from "../../../src/retention/plan/plan.ts";
import {
  type Keep,
  NO_RULES,
  type RetentionRule,
  type RetentionRules,
  type Ruled,
} from "../../../src/retention/plan/rules.ts";
import type { RollupUsage, StoragePart, Usage } from "../../../src/store/store.ts";

/** What a plan is made of, for tests of it. */

export const NOW = Date.parse("2026-11-26T12:34:56Z") * 1000;
export const MB = 1_000_000;

export const traits = (series: number, more: Partial<Traits> = {}): Traits => ({
  series,
  entityId: `sensor.s${series}`,
  deviceClass: null,
  labels: [],
  integration: null,
  domain: "sensor",
  ...more,
});
export const rule = (kind: Selector["kind"], value: string, keep: Keep, what: Ruled = "readings"): RetentionRule => ({
  select: { kind, value },
  ...{ what, keep },
});
export const rulesOf = (more: Partial<RetentionRules>): RetentionRules => ({ ...NO_RULES, ...more });
export const MONTHS = ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"];

/** Every series has 1,000 readings of `bytes` in each month. */
export const usageOf = (ids: readonly number[], bytes = 10 * MB): Usage[] =>
  ids.flatMap((series) =>
    MONTHS.map((month) => ({ series, month, readings: 1_000, bytes, blocks: 1, log: { readings: 0, bytes: 0 } })),
  );
export const rollupsOf = (ids: readonly number[]): RollupUsage[] =>
  ids.flatMap((series) => MONTHS.map((month) => ({ series, month, rollups: 30, bytes: 1_000 })));
export const partsOf = (usage: readonly Usage[]): StoragePart[] => [
  { kind: "log", month: null, files: 1, bytes: 0, entries: 0 },
  ...[...Map.groupBy(usage, ({ month }) => month)].map(([month, rows]) => ({
    kind: "readings" as const,
    month,
    files: 1,
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    entries: rows.reduce((sum, { readings }) => sum + readings, 0),
  })),
];
export const growth = (bytesPerDay: number): Growth => ({
  readingsPerDay: 1_000,
  eventsPerDay: 0,
  bytesPerDay,
  logBytesPerDay: 0,
  settledLogBytes: null,
  days: 7,
});
export const needs = (more: Partial<PlanNeeds> = {}): PlanNeeds => {
  const usage = more.usage ?? usageOf([1, 2]);
  return {
    rules: NO_RULES,
    asOf: NOW,
    series: [traits(1), traits(2)],
    usage,
    rollupUsage: [],
    parts: partsOf(usage),
    oldest: null,
    budgetBytes: 10_000 * MB,
    growth: growth(0),
    logLimit: 0,
    announced: [],
    atOnce: false,
    ...more,
  };
};
