import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { StatisticLine } from "../format/statistic.ts";

/** Where records stand in one segment, in the order of the file: grown on append, or made by a replay. */
export type OffsetList = {
  readonly times: number[];
  readonly offsets: number[];
  /** Whole records, heads included. */
  readonly lengths: number[];
};
export type EventList = OffsetList & { readonly types: string[] };

export type Span = { from: Micros; to: Micros };

export type SegmentLists = {
  readonly readings: Map<SeriesId, OffsetList>;
  readonly statistics: Map<StatisticLine, OffsetList>;
  readonly events: EventList;
  /** First and last time of all readings and events; undefined: there are none. Both ends are inside. */
  span: Span | undefined;
};

export const emptyLists = (): SegmentLists => ({
  readings: new Map(),
  statistics: new Map(),
  events: { times: [], offsets: [], lengths: [], types: [] },
  span: undefined,
});

export function listReading(lists: SegmentLists, series: SeriesId, time: Micros, offset: number, length: number): void {
  add(ownList(lists.readings, series), time, offset, length);
  widen(lists, time);
}

/** Outside the span: nobody looks for a statistic by the time of readings. */
export function listStatistic(
  lists: SegmentLists,
  line: StatisticLine,
  start: Micros,
  offset: number,
  length: number,
): void {
  add(ownList(lists.statistics, line), start, offset, length);
}

function ownList(lists: Map<number, OffsetList>, key: number): OffsetList {
  let own = lists.get(key);
  if (!own) {
    own = { times: [], offsets: [], lengths: [] };
    lists.set(key, own);
  }
  return own;
}

export function listEvent(lists: SegmentLists, type: string, time: Micros, offset: number, length: number): void {
  add(lists.events, time, offset, length);
  lists.events.types.push(type);
  widen(lists, time);
}

function add(list: OffsetList, time: Micros, offset: number, length: number): void {
  list.times.push(time);
  list.offsets.push(offset);
  list.lengths.push(length);
}

function widen(lists: SegmentLists, time: Micros): void {
  const { span } = lists;
  if (!span) lists.span = { from: time, to: time };
  else if (time < span.from) span.from = time;
  else if (time > span.to) span.to = time;
}

/** A copy in flat arrays: small, and cheap to post to another thread. */
export type FlatList = { readonly times: Float64Array; readonly offsets: Float64Array; readonly lengths: Uint32Array };
export type FlatEvents = FlatList & { readonly types: readonly string[] };

export const flatten = ({ times, offsets, lengths }: OffsetList): FlatList => ({
  times: Float64Array.from(times),
  offsets: Float64Array.from(offsets),
  lengths: Uint32Array.from(lengths),
});
