import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Calendar } from "../../../domain/time/calendar.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import type { RolledUp, ViewReader } from "../../../store/store.ts";
import { bucketEnd, type Resolution } from "../resolutions.ts";

const DAY: Micros = 86_400_000_000;

/** The last roll-up that begins before a time. */
export async function lastRolledUp(reader: ViewReader, series: SeriesId, time: Micros): Promise<RolledUp | undefined> {
  const all = await reader.rolledUp(series);
  if (!all || all.from >= time) return undefined;
  let last: RolledUp | undefined;
  // Mostly there is one within a day; further back ever longer stretches are looked at.
  for (let length = 2 * DAY, to = Math.min(time, all.to + 1); !last && to > all.from; length *= 8) {
    const from = Math.max(all.from, to - length);
    for await (const page of reader.rollups({ series, window: { from, to } })) last = page.at(-1);
    to = from;
  }
  return last;
}

/**
 * Edges of buckets as far as they can be told apart: none inside a roll-up, which says nothing of its parts. The last one
 * moves on to where no roll-up is cut, at most to `end`.
 */
export async function edgesOutside(
  reader: ViewReader,
  series: SeriesId,
  edges: readonly Micros[],
  needs: { readonly end: Micros; readonly resolution: Resolution; readonly calendar: Calendar },
): Promise<readonly Micros[]> {
  const all = await reader.rolledUp(series);
  const [first, last] = [edges[0] as Micros, edges.at(-1) as Micros];
  if (!all || all.from >= last || all.to < first || needs.resolution === "window") return edges;
  const inside = await extentsIn(reader, series, { from: first, to: last + 1 });
  const cut = inside.find(({ from, to }) => from < last && last <= to);
  const end = cut ? Math.min(needs.end, bucketEnd(cut.to, needs.resolution, needs.calendar)) : last;
  const found: Micros[] = [];
  let at = 0;
  for (const edge of [...edges.slice(0, -1), end]) {
    while (at < inside.length && (inside[at] as Window).to < edge) at++;
    const one = inside[at];
    if (edge === first || edge === end || !one || one.from >= edge) found.push(edge);
  }
  return found;
}

async function extentsIn(reader: ViewReader, series: SeriesId, window: Window): Promise<Window[]> {
  const found: Window[] = [];
  for await (const page of reader.rollups({ series, window }))
    for (const { summary } of page) found.push({ from: summary.firstTime, to: summary.lastTime });
  return found;
}
