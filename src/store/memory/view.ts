import type { Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import { utcMonth } from "../../domain/time/time.ts";
import { columnsFrom } from "../shared/columns.ts";
import { parseExact, writeExact } from "../shared/exact-json.ts";
import type { Logged } from "../shared/ledger.ts";
import { checkQuery, contextOf, isOfTime, isPast, tooNarrow } from "../shared/query.ts";
import { lastBefore, summariesOf } from "../shared/summaries.ts";
import {
  type Cursor,
  type EventsQuery,
  type LogEntry,
  type Narrow,
  NO_ATTRIBUTES,
  type Order,
  type View,
  type ViewReader,
} from "../store.ts";

/** JSON texts in place of objects: a structured clone would turn a `JSON.rawJSON` number into a plain object. */
type Packed<T, K extends keyof T> = Omit<T, K> & Cursor & { readonly json: string };
export type PackedReading = Packed<Reading, "attributes">;
export type PackedEvent = Packed<HomeEvent, "data">;

export type PackedEntry =
  | { readonly kind: "reading"; readonly packed: PackedReading }
  | { readonly kind: "event"; readonly packed: PackedEvent }
  | { readonly kind: "gap"; readonly packed: Stored<Gap> }
  /** A series entry or a statistic: nobody is told of them. */
  | { readonly kind: "untold"; readonly packed: { readonly position: Position } };

export type MemoryContent = {
  readonly narrow: Narrow;
  readonly readings: ReadonlyMap<SeriesId, readonly PackedReading[]>;
  /** In the order in which they were stored. */
  readonly statistics: readonly Stored<Statistic>[];
  readonly events: readonly PackedEvent[];
  /** Everything in the order in which it was stored. */
  readonly log: readonly PackedEntry[];
};

export const jsonOf = (entry: Logged): string =>
  entry.kind === "reading"
    ? writeExact(entry.reading.attributes, "A reading's attributes")
    : entry.kind === "event"
      ? writeExact(entry.event.data, "An event's data")
      : "";

export const packReading = ({ attributes: _, ...rest }: Reading, position: Position, json: string): PackedReading => ({
  ...rest,
  position,
  json,
});
export const packEvent = ({ data: _, ...rest }: HomeEvent, position: Position, json: string): PackedEvent => ({
  ...rest,
  position,
  json,
});

/** Small, so that the reference pages as a disk does. */
const PAGE = 64;

export function openMemoryView(view: View): ViewReader {
  const { narrow, readings, statistics, events, log } = view.content as MemoryContent;
  const needsLog = () => {
    if (narrow.log === false) throw tooNarrow("the log by position", narrow);
  };
  const read: ViewReader["readings"] = async function* (query) {
    checkQuery(query);
    if (narrow.series && !narrow.series.includes(query.series)) throw tooNarrow(`series ${query.series}`, narrow);
    for (const page of pages(readings.get(query.series) ?? [], query))
      yield page.map(({ json, ...rest }) => ({
        ...rest,
        attributes: query.attributes ? parseExact(json) : NO_ATTRIBUTES,
      }));
  };
  return {
    bytesRead: { records: 0, indexes: 0 },
    damages: [],
    readings: read,
    columns: (query) => columnsFrom(read, query),
    async *usage() {
      for (const [series, own] of readings) {
        const months = Map.groupBy(own, ({ time }) => utcMonth(time));
        yield [...months].map(([month, { length }]) => ({
          ...{ series, month, readings: length, bytes: 0, blocks: 0 },
          log: { readings: length, bytes: 0 },
        }));
      }
    },
    summaries: (query) => summariesOf(read, query),
    async *rollups() {},
    async *rollupUsage() {},
    countRollups: async () => 0,
    recorded: async (series) => {
      if (narrow.series && !narrow.series.includes(series)) throw tooNarrow(`series ${series}`, narrow);
      const own = readings.get(series) ?? [];
      const [first, last] = [own[0], own.at(-1)];
      return first && last && { from: first.time, to: last.time };
    },
    rolledUp: async () => undefined,
    before: (series, time) => lastBefore(read, series, time),
    async *statistics({ series, period, window }) {
      if (narrow.series && !narrow.series.includes(series)) throw tooNarrow(`series ${series}`, narrow);
      const byStart = new Map<number, Stored<Statistic>>();
      for (const one of statistics)
        if (one.series === series && one.period === period && one.start >= window.from && one.start < window.to)
          byStart.set(one.start, one);
      const found = [...byStart.values()].sort((a, b) => a.start - b.start);
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },
    async *events(query) {
      checkQuery(query);
      if (narrow.events === false) throw tooNarrow("events", narrow);
      const { types } = query;
      const asked = types ? events.filter((event) => types.includes(event.type)) : events;
      for (const page of pages(asked, query))
        yield page.map(({ json, ...rest }) => ({ ...rest, data: parseExact(json) }));
    },
    async *log({ after, window, attributes }) {
      needsLog();
      const found = log
        .filter(({ packed }) => packed.position > after)
        .flatMap((entry) => unpack(entry, attributes) ?? [])
        .filter((entry) => isOfTime(entry, window));
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },
    async *linked(window) {
      const found = log.flatMap((entry) => unpack(entry, false) ?? []).filter((entry) => isOfTime(entry, window));
      yield found.filter((entry) => contextOf(entry) !== null);
    },
    at: async (position) => {
      needsLog();
      const found = log.find(({ packed }) => packed.position === position);
      return found && unpack(found, true);
    },
    holds: async (position) => {
      needsLog();
      return log.some(({ packed }) => packed.position === position);
    },
    close: async () => {},
  };
}

function unpack(entry: PackedEntry, attributes: boolean): LogEntry | undefined {
  if (entry.kind === "untold") return undefined;
  if (entry.kind === "gap") return { kind: "gap", gap: entry.packed };
  if (entry.kind === "event") {
    const { json, ...rest } = entry.packed;
    return { kind: "event", event: { ...rest, data: parseExact(json) } };
  }
  const { json, ...rest } = entry.packed;
  return { kind: "reading", reading: { ...rest, attributes: attributes ? parseExact(json) : NO_ATTRIBUTES } };
}

function* pages<T extends Cursor>(items: readonly T[], query: Omit<EventsQuery, "types">): Iterable<readonly T[]> {
  const { window, limit } = query;
  const inside = items.filter(
    ({ time, position }) => time >= window.from && time < window.to && isPast(time, position, query),
  );
  const found = ordered(inside, query.order).slice(0, limit);
  for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
}

const ordered = <T>(oldestFirst: T[], order: Order): T[] =>
  order === "oldest_first" ? oldestFirst : oldestFirst.toReversed();
