import type { Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Identity, Series } from "../domain/data/series.ts";
import type { Statistic } from "../domain/data/statistic.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";

export type IngestEntry =
  | { readonly kind: "reading"; readonly reading: Reading }
  | { readonly kind: "event"; readonly event: HomeEvent }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "statistic"; readonly statistic: Statistic }
  | { readonly kind: "series"; readonly series: SeriesId; readonly identity: Identity };

/** What the store holds of a series in a window. */
export type HeldIn = {
  /** Also true of a time of which readings were let go: nothing is told anew there. */
  has(time: Micros, state: string | null): boolean;
  /** Whether there is a reading at a time, whatever its state. */
  holds(time: Micros): boolean;
};

export type IngestedChange = {
  readonly series: SeriesId;
  readonly reading: Stored<Reading>;
  readonly previous: Stored<Reading> | undefined;
};

export type IngestNeeds = {
  readonly append: (entries: readonly IngestEntry[]) => Promise<readonly Position[]>;
  readonly publish: {
    readonly changes: (changes: readonly IngestedChange[]) => void;
    readonly events: (events: readonly Stored<HomeEvent>[]) => void;
    readonly gaps: (gaps: readonly Stored<Gap>[]) => void;
  };
  readonly series: Iterable<Series>;
  readonly latest: (series: SeriesId) => Stored<Reading> | undefined;
  /** Whether the store has this very reading; asked only for one heard live that is older than the latest of its series. */
  readonly isHeld: (series: SeriesId, time: Micros, state: string | null) => Promise<boolean>;
  /** What the store holds of a series in a window; asked only for values of sources that are older than the latest. */
  readonly heldIn: (series: SeriesId, window: Window) => Promise<HeldIn>;
  /** The readings of a time, with attributes; asked only for a slot of which a source says something else than before. */
  readonly readingsAt: (series: SeriesId, time: Micros) => Promise<readonly Reading[]>;
  /** Puts readings in the place of all that the store holds of their series and time; their positions in that order. */
  readonly correct: (
    corrections: readonly { readonly series: SeriesId; readonly time: Micros; readonly reading: Reading }[],
  ) => Promise<readonly Position[]>;
  /**
   * The readings next to a time in the store, without attributes; asked only for one that is older than the latest of a
   * series that a rule thins.
   */
  readonly around: (
    series: SeriesId,
    time: Micros,
  ) => Promise<{ readonly before: Reading | undefined; readonly after: Reading | undefined }>;
  /** What the user excluded, kept over restarts. */
  readonly keepExclusions: { get(): unknown; set(value: unknown): void };
  /** What the user wants less of, kept over restarts. */
  readonly keepThinning: { get(): unknown; set(value: unknown): void };
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
};
