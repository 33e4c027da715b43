import type { Reading, SeriesId } from "../../domain/data/reading.ts";
import { ALL_TIME, type Micros } from "../../domain/time/time.ts";
import { stateText } from "../../store/shared/columns.ts";
import type { Cursor, ViewReader } from "../../store/store.ts";

/** What a series was just before a time; undefined: nothing yet. By columns: most often those that are read next, too. */
export async function stateBefore(
  reader: ViewReader,
  series: SeriesId,
  time: Micros,
): Promise<(Pick<Reading, "state"> & Cursor) | undefined> {
  const window = { from: ALL_TIME.from, to: time };
  const pages = reader.columns({ series, window, order: "newest_first", limit: 1 });
  for await (const { times, states, to, position } of pages)
    return { state: stateText(states, to - 1), time: times[to - 1] as Micros, position: position(to - 1) };
  return undefined;
}
