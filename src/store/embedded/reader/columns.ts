import { type Columns, columnsFrom } from "../../shared/columns.ts";
import { windowLeft } from "../../shared/query.ts";
import type { ReadingsQuery, ViewReader } from "../../store.ts";
import { inOrder, overlapping } from "./pieces.ts";
import type { BlockReader } from "./sealed/blocks.ts";
import { rowsAsked } from "./sealed/rows.ts";
import type { TailReader } from "./tail/tail.ts";

/** Chunks as they are where nothing else has their time; the rest from the readings. */
export async function* columnPages(
  query: Omit<ReadingsQuery, "attributes">,
  { tail, sealed, readings }: { tail: TailReader; sealed: BlockReader; readings: ViewReader["readings"] },
): AsyncGenerator<Columns> {
  const { series, order } = query;
  const window = windowLeft(query);
  const chunks = (await sealed.chunks(series, window)).map((chunk) => ({ chunk, ...chunk.place }));
  const runs = await tail.runsOf((places, segment) => places.readings(segment, series, window));
  let left = query.limit;
  for (const group of inOrder(overlapping([...chunks, ...runs]), order)) {
    const [only] = group;
    if (!only || left === 0) return;
    if (group.length === 1 && "chunk" in only) {
      const opened = await sealed.openColumns(only.chunk, series);
      if (!opened) continue;
      const asked = rowsAsked(opened, only.chunk.place, query);
      const count = Math.min(left, asked.to - asked.from);
      if (count <= 0) continue;
      const from = order === "oldest_first" ? asked.from : asked.to - count;
      left -= count;
      yield { times: opened.times, states: opened.states, from, to: from + count, position: opened.position };
      continue;
    }
    const times = { from: Math.min(...group.map(({ from }) => from)), to: Math.max(...group.map(({ to }) => to)) + 1 };
    const own = { from: Math.max(window.from, times.from), to: Math.min(window.to, times.to) };
    for await (const page of columnsFrom(readings, { ...query, window: own, limit: left })) {
      left -= page.to - page.from;
      yield page;
    }
  }
}
