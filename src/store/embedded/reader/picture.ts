import type { Amendment } from "../../../domain/data/amendment.ts";
import type { Position, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Narrow } from "../../store.ts";
import type { Block } from "../blocks/file/block.ts";
import { type StatisticLine, seriesOfLine } from "../format/statistic.ts";
import type { IndexHead } from "../index/head.ts";
import { type FlatEvents, type FlatList, flatten, type SegmentLists, type Span } from "../segments/lists.ts";
import type { Segment } from "../segments/tail.ts";

/** What a view of this engine holds: plain data, cheap to post to another thread. */
export type EmbeddedContent = {
  readonly folder: string;
  readonly narrow: Narrow;
  readonly segments: readonly SegmentPicture[];
  readonly blocksFolder: string;
  readonly blocks: readonly Block[];
  /** Those that the blocks have not taken in yet. */
  readonly amendments: readonly Stored<Amendment>[];
};

export type SegmentPicture = {
  readonly name: string;
  readonly base: Position;
  readonly baseTime: Micros;
  readonly limit: number;
  /** Its entries are in blocks too: only who reads by position reads it. */
  readonly sealed: boolean;
  readonly places: Places;
};

/** Where the segment's records stand: carried along, in its index file, or only to be found by reading all of it. */
export type Places =
  | { readonly by: "lists"; readonly span: Span | undefined; readonly lists: FlatLists }
  | { readonly by: "index"; readonly head: IndexHead }
  | { readonly by: "scan" };

export type FlatLists = {
  readonly readings: ReadonlyMap<SeriesId, FlatList>;
  readonly statistics: ReadonlyMap<StatisticLine, FlatList>;
  readonly events: FlatEvents;
};

export function pictureOf(
  { name, base, baseTime, limit, lists, index }: Segment,
  narrow: Narrow,
  sealed: boolean,
): SegmentPicture {
  const places: Places = index
    ? { by: "index", head: index }
    : lists && !sealed
      ? { by: "lists", span: lists.span && { ...lists.span }, lists: copyLists(lists, narrow) }
      : { by: "scan" };
  return { name, base, baseTime, limit, sealed, places };
}

const NO_EVENTS: FlatEvents = {
  times: new Float64Array(0),
  offsets: new Float64Array(0),
  lengths: new Uint32Array(0),
  types: [],
};

/** Only what the view was asked for: the open segment is copied for every query. */
export function copyLists(lists: SegmentLists, narrow: Narrow): FlatLists {
  const readings = new Map<SeriesId, FlatList>();
  for (const series of narrow.series ?? lists.readings.keys()) {
    const own = lists.readings.get(series);
    if (own) readings.set(series, flatten(own));
  }
  const statistics = new Map<StatisticLine, FlatList>();
  const asked = narrow.series && new Set(narrow.series);
  for (const [line, list] of lists.statistics)
    if (!asked || asked.has(seriesOfLine(line))) statistics.set(line, flatten(list));
  const { events } = lists;
  return {
    readings,
    statistics,
    events: narrow.events === false ? NO_EVENTS : { ...flatten(events), types: [...events.types] },
  };
}
