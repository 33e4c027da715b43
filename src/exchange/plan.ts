import type { Gap, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Micros, Window } from "../domain/time/time.ts";

export const EXPORT_FORMATS = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_KINDS = ["readings", "events", "statistics", "gaps"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export const READING_COLUMNS = [
  "entity_id",
  "series",
  "position",
  "time",
  "changed",
  "state",
  "attributes",
  "origin",
  "context",
  "time_is_arrival",
  "flaws",
] as const;
export type ReadingColumn = (typeof READING_COLUMNS)[number];

export const EVENT_COLUMNS = ["id", "time", "type", "data", "context", "origin"] as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

export const STATISTIC_COLUMNS = [
  "entity_id",
  "series",
  "period",
  "start",
  "mean",
  "min",
  "max",
  "sum",
  "state",
  "last_reset",
  "unit",
] as const;
export type StatisticColumn = (typeof STATISTIC_COLUMNS)[number];

export const GAP_COLUMNS = ["id", "of", "entity_id", "series", "from", "to", "cause"] as const;
export type GapColumn = (typeof GAP_COLUMNS)[number];

export const EXPORT_COLUMNS = [...new Set([...READING_COLUMNS, ...EVENT_COLUMNS, ...STATISTIC_COLUMNS])];
export type ExportColumn = ReadingColumn | EventColumn | StatisticColumn;

export const DEFAULT_READING_COLUMNS: readonly ReadingColumn[] = ["entity_id", "time", "state"];

export type StatisticSource = { readonly id: SeriesId; readonly entityId: string; readonly unit: string | null };

export type NamedGap = Stored<Gap> & { readonly entityId: string | null };

/** What the worker is asked: all that it needs, as data. */
export type ExportPlan = {
  readonly format: ExportFormat;
  readonly window: Window;
  /** null: that side of the window is open. */
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly times: "rfc3339" | "us";
  /** In this order; absent: not of this kind. */
  readonly readings?: {
    readonly series: readonly { readonly id: SeriesId; readonly entityId: string }[];
    readonly columns: readonly ReadingColumn[];
  };
  readonly events?: { readonly types: readonly string[] | undefined; readonly columns: readonly EventColumn[] };
  readonly statistics?: { readonly series: readonly StatisticSource[]; readonly columns: readonly StatisticColumn[] };
  readonly gaps: readonly NamedGap[];
  /** CSV: texts that a spreadsheet would take for a formula get a quote mark in front. */
  readonly spreadsheet: boolean;
};
