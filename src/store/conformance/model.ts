import type { Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../../domain/reading.ts";
import type { Identity } from "../../domain/series.ts";
import type { Cursor, Entry, EventsQuery, Order, ReadingsQuery } from "../store.ts";

/** What the answers must be, said in the plainest way: keep everything, filter, sort, cut. */
export class Model {
  readonly entries: { readonly entry: Entry; readonly position: Position }[] = [];

  add(entries: readonly Entry[], positions: readonly Position[]): void {
    for (const [i, entry] of entries.entries()) this.entries.push({ entry, position: positions[i] as Position });
  }

  readings(series: SeriesId): Stored<Reading>[] {
    return this.entries.flatMap(({ entry, position }) =>
      entry.kind === "reading" && entry.reading.series === series ? [{ ...entry.reading, position }] : [],
    );
  }

  query(query: ReadingsQuery): Stored<Reading>[] {
    const found = cut(this.readings(query.series), query);
    return query.attributes ? found : found.map((reading) => ({ ...reading, attributes: {} }));
  }

  events(query: EventsQuery): Stored<HomeEvent>[] {
    const events = this.entries.flatMap(({ entry, position }) =>
      entry.kind === "event" ? [{ ...entry.event, position }] : [],
    );
    return cut(
      events.filter(({ type }) => !query.types || query.types.includes(type)),
      query,
    );
  }

  latest(series: SeriesId): Stored<Reading> | undefined {
    return this.readings(series).sort(byTime).at(-1);
  }

  gaps(): Stored<Gap>[] {
    return this.entries
      .flatMap(({ entry, position }) => (entry.kind === "gap" ? [{ ...entry.gap, position }] : []))
      .sort((a, b) => a.from - b.from || a.position - b.position);
  }

  identities(series: SeriesId): Identity[] {
    return this.entries
      .flatMap(({ entry }) => (entry.kind === "series" && entry.series === series ? [entry.identity] : []))
      .map((identity, i) => ({ identity, i }))
      .sort((a, b) => a.identity.from - b.identity.from || a.i - b.i)
      .map(({ identity }) => identity);
  }

  get seriesIds(): SeriesId[] {
    return [...new Set(this.entries.flatMap(({ entry }) => (entry.kind === "series" ? [entry.series] : [])))];
  }
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
