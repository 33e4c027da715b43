import type { Reading, Stored } from "../../domain/data/reading.ts";
import { currentIdentity, type Series } from "../../domain/data/series.ts";
import type { SeriesBook, States } from "./ports.ts";

/** Whether Home Assistant has this entity now: the series still holds its name, and was not removed. */
export const isPresent = (series: Series, reading: Stored<Reading> | undefined): boolean =>
  currentIdentity(series).holdsName && reading?.state !== null;

/** Every entity with a state that is in Home Assistant now. */
export function* presentEntities(
  states: States,
  series: SeriesBook,
): Generator<{ readonly series: Series; readonly reading: Stored<Reading> }> {
  for (const reading of states.all()) {
    const of = series.get(reading.series);
    if (of && isPresent(of, reading)) yield { series: of, reading };
  }
}
