import type { Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { StatisticsRequest } from "../history/history.ts";
import type { StatisticsAnswer } from "../history/statistics/shapes.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { MeterBook } from "./meters/book.ts";
import type { PricedSlot } from "./windows/windows.ts";

/** What one kWh costs, or emits, over known times: those of today and as far ahead as is known. */
export type Rate = {
  /** The source that says it; null: the energy dashboard's fixed price. */
  readonly source: string | null;
  readonly quantity: string;
  /** `EUR/kWh`, `g/kWh`. */
  readonly unit: string;
  readonly slots: readonly PricedSlot[];
  /** The series that holds its past; undefined: it is fixed, or was never recorded. */
  readonly series: Named | undefined;
};

export type Named = { readonly id: SeriesId; readonly entityId: string };
export type Unknown = { readonly why: string; readonly fix: string };

export const RATE_KINDS = ["price", "carbon"] as const;
export type RateKind = (typeof RATE_KINDS)[number];

export type EnergyNeeds = {
  readonly clock: Clock;
  readonly timeZone: () => string;
  readonly meters: MeterBook;
  readonly rate: (kind: RateKind, source?: string) => Rate | Unknown;
  readonly named: (entityId: string) => Named | undefined;
  readonly latest: (series: SeriesId) => Stored<Reading> | undefined;
  readonly statistics: (request: StatisticsRequest, signal?: AbortSignal) => Promise<StatisticsAnswer>;
  /** Readings of one series in a window, oldest first, with the one that held before it. */
  readonly readings: (series: Named, window: Window, signal?: AbortSignal) => Promise<readonly Held[]>;
  /** What a person or an automation can switch and the hub records. */
  readonly switchable: () => readonly Named[];
};

export type Held = { readonly time: Micros; readonly state: string | null };

export const isUnknown = (value: object): value is Unknown => "why" in value && "fix" in value;
