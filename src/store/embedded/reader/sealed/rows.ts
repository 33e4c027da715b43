import { firstFrom } from "../../../shared/columns.ts";
import { windowLeft } from "../../../shared/query.ts";
import type { ReadingsQuery } from "../../../store.ts";
import type { ChunkPlace } from "../../blocks/file/directory.ts";
import type { Chunk } from "../../chunks/pack.ts";

export type RowRange = { readonly from: number; readonly to: number };

/** The rows of a chunk that a query asks for: those inside the window and past the cursor. */
export function rowsAsked(
  chunk: Chunk,
  place: ChunkPlace,
  query: Pick<ReadingsQuery, "window" | "order" | "after" | "limit">,
): RowRange {
  const window = windowLeft(query);
  let from = firstFrom(chunk.times, window.from);
  let to = firstFrom(chunk.times, window.to);
  if (!query.after) return { from, to };
  if (query.order === "oldest_first") while (from < to && !isPast(chunk, place, from, query)) from++;
  else while (to > from && !isPast(chunk, place, to - 1, query)) to--;
  return { from, to };
}

/**
 * A sealed row has its own position only where another has its time. A cursor that was given out before it was sealed
 * names the row's own: any position among those of its chunk means this very row.
 */
function isPast(
  chunk: Chunk,
  place: ChunkPlace,
  i: number,
  { order, after }: Pick<ReadingsQuery, "order" | "after">,
): boolean {
  if (!after) return true;
  const { times } = chunk;
  const time = times[i] as number;
  const sign = order === "oldest_first" ? 1 : -1;
  if (time !== after.time) return (time - after.time) * sign > 0;
  const shared = times[i - 1] === time || times[i + 1] === time;
  if (!shared && after.position >= place.firstPosition && after.position <= place.lastPosition) return false;
  return (chunk.position(i) - after.position) * sign > 0;
}
