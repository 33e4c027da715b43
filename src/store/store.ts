import type { Attributes, Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Identity, Series } from "../domain/data/series.ts";
import type { Statistic } from "../domain/data/statistic.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Correction, Erased, ErasedCounts, ErasePlan, Shed, ShedPlan } from "./port/altering.ts";
import type { Narrow, View, ViewReader } from "./port/view.ts";

export type { Correction, Erased, ErasedCounts, ErasePlan, Shed, ShedPlan } from "./port/altering.ts";
export type {
  BucketSummary,
  Cursor,
  EventsQuery,
  LogEntry,
  LogQuery,
  Narrow,
  Order,
  ReadingsQuery,
  RollupsQuery,
  RollupUsage,
  StatisticsQuery,
  SummariesQuery,
  Usage,
  View,
  ViewReader,
} from "./port/view.ts";
export type { Columns, StateColumn } from "./shared/columns.ts";
export type { RolledUp } from "./shared/rollups.ts";

/** One line of the log. A series entry must come before whatever is of that series (same batch or earlier). */
export type Entry =
  | { readonly kind: "reading"; readonly reading: Reading }
  | { readonly kind: "event"; readonly event: HomeEvent }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "statistic"; readonly statistic: Statistic }
  | { readonly kind: "series"; readonly series: SeriesId; readonly identity: Identity };

/** A file that could not be read, or was none of the store's: moved aside, never deleted. */
export type Quarantined = {
  /** In the store's folder. */
  readonly file: string;
  readonly bytes: number;
  /** null: it was set aside at an earlier start. */
  readonly why: string | null;
  /** What it held, as far as its name says; null: nothing of the store's. */
  readonly kind: StoragePart["kind"] | null;
  /** UTC month of what it held; null: of none or several. */
  readonly month: string | null;
};

/** A part of what the store has on the disk. */
export type StoragePart = {
  readonly kind: "log" | "readings" | "events" | "statistics" | "rollups";
  /** UTC month, `2026-11`; null: of several. */
  readonly month: string | null;
  readonly files: number;
  readonly bytes: number;
  /** Readings, events or statistics that are in it and nowhere else. */
  readonly entries: number;
};

/** Bytes that could not be read back; everything else is served. */
export type Damage = {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly why: string;
  /**
   * What stood there, as far as can be told. Readings whose attributes alone are lost are served, marked; `nothing`:
   * another copy served, or an index that can be made again.
   */
  readonly lost: "states" | "events" | "statistics" | "rollups" | "anything" | "attributes" | "nothing";
  /** null: not known. */
  readonly series: SeriesId | null;
  /** Times of the entries before and after, or of the lost one itself; null: not known. */
  readonly from: Micros | null;
  readonly to: Micros | null;
};

export type StoreStats = {
  readonly engine: string;
  /** Stored by this process since it opened the store. */
  readonly appended: { readonly readings: number; readonly events: number; readonly gaps: number };
  /** In the store altogether. */
  readonly readings: number;
  readonly events: number;
  /** Those that were replaced included. */
  readonly statistics: number;
  readonly series: number;
  readonly bytes: number;
  readonly files: number;
  readonly oldest: Micros | null;
  readonly newest: Micros | null;
  /** Bytes written but not yet known to be on the disk. */
  readonly unsyncedBytes: number;
  /** The position of the last entry; 0: there is none. */
  readonly position: Position;
};

/** What a copy of the store consists of, as of one moment. Nothing it names is deleted or changed before `release`. */
export type StoreSnapshot = {
  readonly files: readonly {
    /** Below the store's folder, with `/`. */
    readonly path: string;
    /** So much of it belongs to the copy; the file itself may grow. */
    readonly bytes: number;
    /** What it held at that moment, where another file may take its place. */
    readonly content?: Uint8Array;
  }[];
  /** The last entry in it. */
  readonly position: Position;
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  release(): void;
};

/**
 * Promises (conformance.ts holds them to it): what `append` has resolved is found by every later query and survives
 * `kill -9`; it reads back exactly (state text, attributes, microseconds); a batch is kept in order; a reading older
 * than others of its series lands in its place in time and never replaces the latest.
 */
export type Store = {
  readonly profile: StoreProfile;
  /**
   * Writes the entries in order and resolves with the position of each. Concurrent calls are kept in call order.
   * Rejects with a retryable Failure (`store_write_failed`) when the disk refuses; then nothing of the batch counts.
   * Rejects with a Failure that is not retryable (`series_unknown`, `entry_not_storable`) when an entry cannot be kept.
   */
  append(entries: readonly Entry[]): Promise<readonly Position[]>;
  series(): ReadonlyMap<SeriesId, Series>;
  /** The reading with the greatest (time, position) of a series. */
  latest(series: SeriesId): Stored<Reading> | undefined;
  allLatest(): Iterable<Stored<Reading>>;
  /** Gaps that touch the window, oldest first; with `series` only those in states that concern that series. */
  gaps(window: Window, series?: SeriesId): readonly Stored<Gap>[];
  /** Where the log window begins: live streams resume from positions from here on. */
  windowStart(): Position;
  view(narrow?: Narrow): View;
  release(view: View): void;
  /** Opens a view on this thread. */
  reader(view: View): ViewReader;
  damages(): readonly Damage[];
  quarantined(): Promise<readonly Quarantined[]>;
  /** Takes over damage that a reader in another thread has found; what is known already is not noted twice. */
  noteDamages(found: readonly Damage[]): void;
  stats(): StoreStats;
  storage(): readonly StoragePart[];
  /**
   * Lets go what the plan says. What the log window still holds goes as far as it is sealed; the latest reading of a
   * series stays known. Done again it takes nothing more.
   */
  shed(plan: ShedPlan): Promise<Shed>;
  /**
   * When it resolves, every answer is that of the corrected readings, and stays so. The log goes on telling what was
   * stored before by its position. Resolves with the positions of the readings that were put in place.
   * Rejects with `reading_unknown` when there is no reading of a series at a time; then nothing is done.
   */
  correct(corrections: readonly Correction[]): Promise<readonly Position[]>;
  /** What `erase` would take. */
  countErasure(plan: ErasePlan): Promise<ErasedCounts>;
  /**
   * Takes everything of the plan out of every answer at once, leaves gaps in its place, and resolves when its bytes are
   * in no file of the store any more: views and snapshots that were made before keep theirs until they are released.
   * What a kill or a refusing disk interrupts goes on by itself. Done again it takes nothing more.
   * `onTaken`: the answers are right from here on.
   */
  erase(plan: ErasePlan, onTaken?: (erased: Erased) => void): Promise<Erased>;
  /** Makes history of everything appended so far, in as few files as can be. It happens by itself, in time. */
  seal(): Promise<void>;
  /**
   * For a copy of the folder: from its answer until that is called, no file is begun, renamed or deleted, and what
   * stands in them stays; the newest one only grows.
   */
  holdFiles(): Promise<() => void>;
  /** What to copy, while everything goes on: a store opened on the copy holds all that was acknowledged before. */
  snapshot(): Promise<StoreSnapshot>;
  /** Resolves when everything appended before is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** What an engine can hold; a suite skips what the profile says it cannot, and says so. */
export type StoreProfile = {
  readonly engine: string;
  readonly durable: boolean;
  /**
   * True: what has become history has its order and times, but a reading's own position only where another has its
   * time, and its context only where that links it with something.
   */
  readonly seals: boolean;
  /** False: of what is shed nothing is left. */
  readonly rollsUp: boolean;
};

export const NO_ATTRIBUTES: Attributes = Object.freeze({});
