import type { SeriesId } from "../../domain/data/reading.ts";
import { ALL_TIME, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { ViewReader } from "../../store/store.ts";

/** The time of which a series' readings were let go and rolled up: from the first of them until the first that was kept. */
export async function timeRolledUp(reader: ViewReader, series: SeriesId): Promise<Window | undefined> {
  const found = await reader.rolledUp(series);
  if (!found) return undefined;
  const window = { from: found.to, to: ALL_TIME.to };
  for await (const [row] of reader.readings({ series, window, order: "oldest_first", limit: 1, attributes: false }))
    if (row) return { from: found.from, to: row.time };
  return { from: found.from, to: found.to + 1 };
}

/** The same where it touches a window. */
export async function rolledUpIn(reader: ViewReader, series: SeriesId, window: Window): Promise<Window | undefined> {
  const found = await timeRolledUp(reader, series);
  return found && found.from < window.to && found.to > window.from ? found : undefined;
}

export const rolledUpJson = ({ from, to }: Window): string =>
  `{"from":"${microsToRfc3339(from)}","to":"${microsToRfc3339(to)}"}`;
