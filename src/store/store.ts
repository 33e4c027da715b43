import type { Attributes, Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Identity, Series } from "../domain/data/series.ts";
import type { Statistic, StatisticPeriod } from "../domain/data/statistic.ts";
import type { Summary } from "../domain/data/summary.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Columns } from "./shared/columns.ts";
import type { RolledUp } from "./shared/rollups.ts";

export type { Columns, StateColumn } from "./shared/columns.ts";
export type { RolledUp } from "./shared/rollups.ts";

/** One line of the log. A series entry must come before whatever is of that series (same batch or earlier). */
export type Entry =
  | { readonly kind: "reading"; readonly reading: Reading }
  | { readonly kind: "event"; readonly event: HomeEvent }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "statistic"; readonly statistic: Statistic }
  | { readonly kind: "series"; readonly series: SeriesId; readonly identity: Identity };

export type Order = "oldest_first" | "newest_first";

/** Where a page ended; give it back as `after` to go on. */
export type Cursor = { readonly time: Micros; readonly position: Position };

export type ReadingsQuery = {
  readonly series: SeriesId;
  readonly window: Window;
  readonly order: Order;
  /** Readings strictly past the cursor in the given order. */
  readonly after?: Cursor;
  /** At most this many readings; at least 1. */
  readonly limit: number;
  /** False: `attributes` come back empty and are not read from disk. */
  readonly attributes: boolean;
};

export type SummariesQuery = {
  readonly series: SeriesId;
  /** Rising times; a bucket reaches from one, which is inside, to the next, which is not. */
  readonly edges: readonly Micros[];
};

/** The summary of some readings that follow one another, all of one bucket: the one that begins at `edges[bucket]`. */
export type BucketSummary = {
  readonly bucket: number;
  readonly summary: Summary;
  /** A roll-up tells it: the readings were let go. It may reach over its bucket's end, and over the first one's beginning. */
  readonly rolledUp?: boolean;
  /** Something came late into a roll-up. */
  readonly approximate?: boolean;
};

export type EventsQuery = {
  readonly window: Window;
  readonly order: Order;
  readonly after?: Cursor;
  readonly limit: number;
  /** Only these event types; absent: all. */
  readonly types?: readonly string[];
};

export type RollupsQuery = { readonly series: SeriesId; readonly window: Window };

export type StatisticsQuery = {
  readonly series: SeriesId;
  readonly period: StatisticPeriod;
  /** Statistics that begin in it. */
  readonly window: Window;
};

export type LogQuery = {
  /** Entries strictly past this position; it need not be one that was ever given out. */
  readonly after: Position;
  /** Only readings and events of this time, and no gaps; absent: everything. */
  readonly window?: Window;
  /** False: `attributes` come back empty. */
  readonly attributes: boolean;
};

/** An entry of the log as it is told to others; series entries and statistics are not. */
export type LogEntry =
  | { readonly kind: "reading"; readonly reading: Stored<Reading> }
  | { readonly kind: "event"; readonly event: Stored<HomeEvent> }
  | { readonly kind: "gap"; readonly gap: Stored<Gap> };

/**
 * What a query sees: a frozen picture of the store, made on the owner's thread in no time, that can be posted to a
 * worker (structured clone) and opened there with `openView`. Nothing it names is deleted before it is released.
 */
export type View = { readonly engine: string; readonly token: number; readonly content: unknown };

/** What a view must be able to answer; a narrow one is cheaper to make and to post. */
export type Narrow = {
  /** Readings and statistics of these series alone; absent: of all. */
  readonly series?: readonly SeriesId[];
  /** False: no events. */
  readonly events?: boolean;
  /** False: nothing by position. */
  readonly log?: boolean;
};

export type ViewReader = {
  /** Pages in the asked order, ordered by (time, position); no page is empty. */
  readings(query: ReadingsQuery): AsyncIterable<readonly Stored<Reading>[]>;
  /** The same as `readings`, column by column: times and states alone. */
  columns(query: Omit<ReadingsQuery, "attributes">): AsyncIterable<Columns>;
  /** Who takes how much room, by series and month; bytes are shares, as exact as what they share allows. */
  usage(): AsyncIterable<readonly Usage[]>;
  /** The same of roll-ups. */
  rollupUsage(): AsyncIterable<readonly RollupUsage[]>;
  /** How many of a series end before a time: those that go with it as cut-off. */
  countRollups(series: SeriesId, before: Micros): Promise<number>;
  /** Pages in the order of time, each reading in exactly one summary; a bucket may come in several, or not at all. */
  summaries(query: SummariesQuery): AsyncIterable<readonly BucketSummary[]>;
  /**
   * What readings that were let go amount to, of all roll-ups that touch a time; pages in its order. Readings that came
   * late are not in it.
   */
  rollups(query: RollupsQuery): AsyncIterable<readonly RolledUp[]>;
  /** When the first and the last reading of a series are, both inside; undefined: there is none. Reads none of them. */
  recorded(series: SeriesId): Promise<Window | undefined>;
  /** From the first to the last reading of a series that were rolled up; undefined: none was. */
  rolledUp(series: SeriesId): Promise<Window | undefined>;
  /** The last reading of a series before a time, without its attributes; undefined: there is none. */
  before(series: SeriesId, time: Micros): Promise<Stored<Reading> | undefined>;
  /** Pages in the order of their starts, one for each: the one that was stored last. */
  statistics(query: StatisticsQuery): AsyncIterable<readonly Stored<Statistic>[]>;
  events(query: EventsQuery): AsyncIterable<readonly Stored<HomeEvent>[]>;
  /** Pages in the order in which everything was stored, that is by position; no page is empty. */
  log(query: LogQuery): AsyncIterable<readonly LogEntry[]>;
  /** Readings, without their attributes, and events of a time that have a context; pages in no order. */
  linked(window: Window): AsyncIterable<readonly LogEntry[]>;
  /** What stands at a position, whole; undefined: nothing that is told to others. */
  at(position: Position): Promise<LogEntry | undefined>;
  /** Whether an entry stands there, of whatever kind: whether the position was ever given out. */
  holds(position: Position): Promise<boolean>;
  /** Bytes read from disk so far: records and indexes apart. */
  readonly bytesRead: { readonly records: number; readonly indexes: number };
  /** What this reader could not read back; hand it to `Store.noteDamages` when the reader ran in another thread. */
  readonly damages: readonly Damage[];
  close(): Promise<void>;
};

export type Usage = {
  readonly series: SeriesId;
  /** UTC month, `2026-11`. */
  readonly month: string;
  readonly readings: number;
  readonly bytes: number;
  /** In how many blocks they lie. Each costs a series some bytes, whatever it holds of it. */
  readonly blocks: number;
  /** What of it lies in the log alone, which takes more. */
  readonly log: { readonly readings: number; readonly bytes: number };
};

export type RollupUsage = {
  readonly series: SeriesId;
  /** UTC month, `2026-11`. */
  readonly month: string;
  readonly rollups: number;
  readonly bytes: number;
};

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
