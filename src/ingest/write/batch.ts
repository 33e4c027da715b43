import type { Gap, HomeEvent, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { IngestEntry, IngestedChange } from "../needs.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** What is stored at once; `at` is where an entry stands in it, for the position that it gets. */
export type Batch = {
  readonly entries: IngestEntry[];
  readonly changes: { at: number; change: IngestedChange; reading: Mutable<Stored<Reading>> }[];
  readonly events: { at: number; event: Mutable<Stored<HomeEvent>> }[];
  readonly gaps: { at: number; gap: Mutable<Stored<Gap>> }[];
  /** Holes that entries left which can never be stored. */
  readonly refused: Stored<Gap>[];
  readonly latest: Map<SeriesId, Stored<Reading>>;
  /** The latest of those that are stored, where a rule thins. */
  readonly kept: Map<SeriesId, Reading>;
  /** What the batch holds, by `keyOf`; made when it is first asked for. */
  keys: Set<string> | undefined;
};

export const createBatch = (): Batch => ({
  entries: [],
  changes: [],
  events: [],
  gaps: [],
  refused: [],
  latest: new Map(),
  kept: new Map(),
  keys: undefined,
});

/** Where an entry stands in a batch that is not stored. */
export const NOT_STORED = -1;

export function putGap(gap: Gap | undefined, batch: Batch): void {
  if (!gap) return;
  const filed = { ...gap, position: -1 };
  batch.gaps.push({ at: batch.entries.length, gap: filed });
  batch.entries.push({ kind: "gap", gap: filed });
}

export const keyOf = ({ series, time, state }: { series: SeriesId; time: Micros; state: string | null }): string =>
  `${series}|${time}|${state === null ? "-" : `=${state}`}`;
