import type { Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Statistic, StatisticPeriod } from "../../domain/data/statistic.ts";
import type { Summary } from "../../domain/data/summary.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Columns } from "../shared/columns.ts";
import type { RolledUp } from "../shared/rollups.ts";
import type { Damage } from "../store.ts";

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
