import type { Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Identity } from "../../domain/data/series.ts";
import type { Cursor, Entry, EventsQuery, Order, ReadingsQuery } from "../store.ts";

/** What the answers must be, said in the plainest way: keep everything, filter, sort, cut. */
export type Model = ReturnType<typeof createModel>;

export function createModel() {
  const entries: { readonly entry: Entry; readonly position: Position }[] = [];

  const readings = (series: SeriesId): Stored<Reading>[] =>
    entries.flatMap(({ entry, position }) =>
      entry.kind === "reading" && entry.reading.series === series ? [{ ...entry.reading, position }] : [],
    );

  return {
    entries,
    add: (batch: readonly Entry[], positions: readonly Position[]): void => {
      for (const [i, entry] of batch.entries()) entries.push({ entry, position: positions[i] as Position });
    },
    query: (query: ReadingsQuery): Stored<Reading>[] => {
      const found = cut(readings(query.series), query);
      return query.attributes ? found : found.map((reading) => ({ ...reading, attributes: {} }));
    },
    events: (query: EventsQuery): Stored<HomeEvent>[] => {
      const events = entries.flatMap(({ entry, position }) =>
        entry.kind === "event" ? [{ ...entry.event, position }] : [],
      );
      return cut(
        events.filter(({ type }) => !query.types || query.types.includes(type)),
        query,
      );
    },
    latest: (series: SeriesId): Stored<Reading> | undefined => readings(series).sort(byTime).at(-1),
    gaps: (): Stored<Gap>[] =>
      entries
        .flatMap(({ entry, position }) => (entry.kind === "gap" ? [{ ...entry.gap, position }] : []))
        .sort((a, b) => a.from - b.from || a.position - b.position),
    identities: (series: SeriesId): Identity[] =>
      entries
        .flatMap(({ entry }) => (entry.kind === "series" && entry.series === series ? [entry.identity] : []))
        .map((identity, i) => ({ identity, i }))
        .sort((a, b) => a.identity.from - b.identity.from || a.i - b.i)
        .map(({ identity }) => identity),
    seriesIds: (): SeriesId[] => [
      ...new Set(entries.flatMap(({ entry }) => (entry.kind === "series" ? [entry.series] : []))),
    ],
  };
}

const byTime = (a: Cursor, b: Cursor): number => a.time - b.time || a.position - b.position;

function cut<T extends Cursor>(
  items: readonly T[],
  query: { window: { from: number; to: number }; order: Order; after?: Cursor; limit: number },
): T[] {
  const { window, order, after, limit } = query;
  const sign = order === "oldest_first" ? 1 : -1;
  return items
    .filter(({ time }) => window.from <= time && time < window.to)
    .filter((item) => !after || byTime(item, after) * sign > 0)
    .sort((a, b) => byTime(a, b) * sign)
    .slice(0, limit);
}
