import type { Gap, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Micros, Window } from "../../domain/time/time.ts";

/**
 * What may go: readings and events older than their cut-off; null: none. Of a series that has no reading at its cut-off
 * the last one before stays, so that what held when the kept time begins is known. Of readings that go, what they
 * amount to stays as roll-ups; those go whose last reading lies before their own cut-off, or are not made at all.
 */
export type ShedPlan = {
  readonly readings: { readonly default: Micros | null; readonly series: ReadonlyMap<SeriesId, Micros | null> };
  readonly events: { readonly default: Micros | null };
  /** Absent: none go. */
  readonly rollups?: ShedPlan["readings"];
};

/** What went. */
export type Shed = {
  readonly readings: number;
  readonly events: number;
  /** Those that were there before. */
  readonly rollups: number;
  readonly bytes: number;
  readonly files: number;
};

/** What was recorded of a series at a time was wrong: all its readings of that very time give way to one, or to none. */
export type Correction = {
  readonly series: SeriesId;
  readonly time: Micros;
  /** Of that series and time; kept with the origin `corrected`. null: there was no reading. */
  readonly reading: Reading | null;
};

/** What is to be gone for good: everything of some series, or of a time of them. */
export type ErasePlan = {
  readonly series: readonly {
    readonly series: SeriesId;
    /** Events of the time that mention one of these names go too; none: no event goes. */
    readonly names: readonly string[];
  }[];
  readonly window: Window;
};

/** Counted exactly. */
export type ErasedCounts = {
  readonly readings: number;
  /** Of Home Assistant's recorder; those that hold any of the time. */
  readonly statistics: number;
  /** Those that hold any of the time: they go whole, and the gap says for how long. */
  readonly rollups: number;
  readonly events: number;
};

export type Erased = ErasedCounts & {
  /** What is unknown now, and why. */
  readonly gaps: readonly Stored<Gap>[];
};
