import {
  type Amendment,
  takesEvent,
  takesReading,
  takesRollup,
  takesStatistic,
} from "../../../domain/data/amendment.ts";
import type { HomeEvent, Position, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Rollup } from "../../../domain/data/rollup.ts";
import type { Statistic } from "../../../domain/data/statistic.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { LogEntry } from "../../store.ts";

/** What amendments that no block has taken in yet leave of what is read. */
export type Pending = {
  /** undefined: none concerns the series. */
  readonly readings: (series: SeriesId) => ((row: { time: Micros; position: Position }) => boolean) | undefined;
  event(event: Stored<HomeEvent>): boolean;
  statistic(statistic: Stored<Statistic>): boolean;
  rollup(series: SeriesId, rollup: Rollup): boolean;
  /** The log goes on telling what was corrected, not what was erased. */
  logged(entry: LogEntry): boolean;
  readonly any: boolean;
};

export function createPending(amendments: readonly Stored<Amendment>[]): Pending {
  const erasures = amendments.filter(({ kind }) => kind === "erasure");
  const named = erasures.filter(({ names }) => names.length > 0);
  const event = (one: Stored<HomeEvent>) =>
    !named.some((erasure) => one.position < erasure.position && takesEvent(erasure, one));
  return {
    any: amendments.length > 0,
    readings: (series) => {
      const own = amendments.filter((amendment) => amendment.series === series);
      if (own.length === 0) return undefined;
      // What is sealed stands before every amendment that is not.
      return ({ time, position }) =>
        !own.some((amendment) => position < amendment.position && takesReading(amendment, series, time));
    },
    event,
    statistic: (one) => !erasures.some((erasure) => one.position < erasure.position && takesStatistic(erasure, one)),
    rollup: (series, { summary }) => !erasures.some((erasure) => takesRollup(erasure, series, summary)),
    logged: (entry) => {
      if (entry.kind === "event") return event(entry.event);
      if (entry.kind === "gap") return true;
      const { series, time, position } = entry.reading;
      return !erasures.some((erasure) => position < erasure.position && takesReading(erasure, series, time));
    },
  };
}

/** Pages with what is to be left out left out, none of them empty. */
export async function* left<T>(
  pages: AsyncIterable<readonly T[]>,
  stays: (one: T) => boolean,
): AsyncGenerator<readonly T[]> {
  for await (const page of pages) {
    const own = page.filter(stays);
    if (own.length > 0) yield own;
  }
}

/** The same, up to so many. */
export async function* leftUpTo<T>(
  limit: number,
  pages: AsyncIterable<readonly T[]>,
  stays: (one: T) => boolean,
): AsyncGenerator<readonly T[]> {
  let missing = limit;
  for await (const page of left(pages, stays)) {
    const own = page.slice(0, missing);
    yield own;
    missing -= own.length;
    if (missing === 0) return;
  }
}
