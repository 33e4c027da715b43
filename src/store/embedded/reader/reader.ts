import type { HomeEvent, Reading, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Rollup } from "../../../domain/data/rollup.ts";
import { ALL_TIME, type Window } from "../../../domain/time/time.ts";
import { columnsFrom } from "../../shared/columns.ts";
import { checkQuery, contextOf, isPast, tooNarrow, windowLeft } from "../../shared/query.ts";
import { foldRollups } from "../../shared/rollups.ts";
import { lastBefore } from "../../shared/summaries.ts";
import type { Damage, EventsQuery, LogEntry, ReadingsQuery, View, ViewReader } from "../../store.ts";
import { inOrder, statisticsContent } from "../blocks/file/content.ts";
import { TABLE_ENTRY } from "../blocks/file/directory.ts";
import { lineOf } from "../format/statistic.ts";
import { sameDamage } from "../segments/damage.ts";
import { columnPages } from "./columns.ts";
import { type OpenFiles, openFiles } from "./open-files.ts";
import { createPending, left, leftUpTo } from "./pending.ts";
import type { EmbeddedContent } from "./picture.ts";
import { overlapping, PAGE, pagesOf, type Sealed } from "./pieces.ts";
import { type BlockReader, createBlockReader } from "./sealed/blocks.ts";
import { rowsAsked } from "./sealed/rows.ts";
import { summaryPages } from "./summaries.ts";
import { entryAt, isEntryAt, logOfSegment } from "./tail/log.ts";
import { createTailReader } from "./tail/tail.ts";

export const EMBEDDED = "embedded";

const NOTHING = { readings: 0, bytes: 0 };

/** What is sealed is read from blocks, the rest from the log; an answer is both in order. */
export function openEmbeddedView(
  view: View,
  needs: { readonly files?: OpenFiles; readonly onDamage?: (damage: Damage) => void } = {},
): ViewReader {
  const { folder, narrow, segments, blocksFolder, blocks, amendments } = view.content as EmbeddedContent;
  const pending = createPending(amendments);
  const files = needs.files ?? openFiles();
  const bytesRead = { records: 0, indexes: 0 };
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => {
    if (damages.some((known) => sameDamage(known, damage))) return;
    damages.push(damage);
    needs.onDamage?.(damage);
  };
  const countRecords = (bytes: number) => {
    bytesRead.records += bytes;
  };
  const countIndexes = (bytes: number) => {
    bytesRead.indexes += bytes;
  };
  const counting = { files, countRecords, countIndexes, onDamage };
  const tail = createTailReader({ folder, segments, ...counting });
  const blockReader = createBlockReader({ folder: blocksFolder, blocks, ...counting });
  const sealed: BlockReader = pending.any
    ? {
        ...blockReader,
        openRollups: async (chunk, series) =>
          (await blockReader.openRollups(chunk, series)).filter((rollup) => pending.rollup(series, rollup)),
      }
    : blockReader;

  const sealedReadings = async (query: ReadingsQuery): Promise<Sealed<Stored<Reading>>[]> => {
    const { series } = query;
    return (await sealed.chunks(series, windowLeft(query))).map((chunk) => ({
      from: chunk.place.from,
      to: chunk.place.to,
      load: async (limit) => {
        const opened = await sealed.open(chunk, series);
        if (!opened) return [];
        const { from, to } = rowsAsked(opened, chunk.place, query);
        const count = Math.min(limit, to - from);
        const first = query.order === "oldest_first" ? from : to - count;
        return Array.from({ length: count }, (_, i) => opened.row(first + i, query.attributes));
      },
    }));
  };
  const sealedEvents = async (query: EventsQuery): Promise<Sealed<Stored<HomeEvent>>[]> => {
    const { window, types } = query;
    const asked = ({ time, position, type }: Stored<HomeEvent>) =>
      time >= window.from && time < window.to && isPast(time, position, query) && (types?.includes(type) ?? true);
    return (await sealed.events(windowLeft(query))).map((events) => ({
      from: events.place.from,
      to: events.place.to,
      load: async () => (await sealed.openEvents(events)).filter(asked),
    }));
  };
  const hasSeries = (series: SeriesId) => {
    if (narrow.series && !narrow.series.includes(series)) throw tooNarrow(`series ${series}`, narrow);
  };

  const storedReadings: ViewReader["readings"] = async function* (query) {
    const left = windowLeft(query);
    const runs = await tail.runsOf((places, segment) => places.readings(segment, query.series, left));
    const pieces = [...(await sealedReadings(query)), ...runs];
    yield* pagesOf(pieces, query, (own, limit) => tail.readings(own, { ...query, limit }));
  };
  const readings: ViewReader["readings"] = async function* (query) {
    checkQuery(query);
    hasSeries(query.series);
    const stays = pending.readings(query.series);
    if (!stays) return yield* storedReadings(query);
    yield* leftUpTo(query.limit, storedReadings({ ...query, limit: Number.MAX_SAFE_INTEGER }), stays);
  };

  return {
    bytesRead,
    damages,
    readings,
    async *columns(query) {
      checkQuery(query);
      hasSeries(query.series);
      if (pending.readings(query.series)) yield* columnsFrom(readings, query);
      else yield* columnPages(query, { tail, sealed, readings });
    },
    async *usage() {
      for await (const { block, entries } of sealed.tables("readings"))
        yield entries.map(({ series, rows, bytes }) => ({
          ...{ series, month: block.month, readings: rows, bytes: bytes + TABLE_ENTRY, blocks: 1 },
          log: NOTHING,
        }));
      yield* tail.usage();
    },
    async *rollupUsage() {
      for await (const { block, entries } of sealed.tables("rollups"))
        yield entries.map(({ series, rows, bytes }) => ({
          ...{ series, month: block.month, rollups: rows, bytes: bytes + TABLE_ENTRY },
        }));
    },
    countRollups: async (series, before) => {
      hasSeries(series);
      let count = 0;
      for (const chunk of await sealed.rollupChunks(series, { from: ALL_TIME.from, to: before }))
        if (chunk.place.to < before) count += chunk.place.count;
        else for (const { summary } of await sealed.openRollups(chunk, series)) if (summary.lastTime < before) count++;
      return count;
    },
    async *summaries(query) {
      hasSeries(query.series);
      const isAmended = pending.readings(query.series) !== undefined;
      yield* summaryPages(query, { tail, sealed, readings, isAmended });
    },
    async *rollups({ series, window }) {
      hasSeries(series);
      const chunks = await sealed.rollupChunks(series, window);
      for (const group of overlapping(chunks.map((chunk) => ({ chunk, ...chunk.place })))) {
        const all: Rollup[] = [];
        for (const { chunk } of group) all.push(...(await sealed.openRollups(chunk, series)));
        const page = foldRollups(all).filter(
          ({ summary }) => summary.firstTime < window.to && summary.lastTime >= window.from,
        );
        if (page.length > 0) yield page;
      }
    },
    recorded: async (series) => {
      hasSeries(series);
      if (pending.readings(series)) return timesRead(readings, series);
      const extent = await sealed.extent("readings", series);
      const runs = await tail.runsOf((places, segment) => places.readings(segment, series, ALL_TIME));
      const all = extent ? [extent, ...runs] : runs;
      if (all.length === 0) return undefined;
      return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
    },
    rolledUp: async (series) => {
      hasSeries(series);
      return sealed.extent("rollups", series);
    },
    before: (series, time) => lastBefore(readings, series, time),
    async *statistics(query) {
      hasSeries(query.series);
      const rows = (await sealed.statistics(lineOf(query.series, query.period), query.window)).filter(
        pending.statistic,
      );
      const others = left(tail.statistics(query), pending.statistic);
      if (rows.length === 0) return yield* others;
      for await (const page of others) rows.push(...page);
      const found = inOrder(statisticsContent, rows);
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },
    async *events(query) {
      checkQuery(query);
      if (narrow.events === false) throw tooNarrow("events", narrow);
      const whole = pending.any ? { ...query, limit: Number.MAX_SAFE_INTEGER } : query;
      const window = windowLeft(query);
      const runs = await tail.runsOf((places, segment) => places.events(segment, window, query.types));
      const pieces = [...(await sealedEvents(whole)), ...runs];
      const pages = pagesOf(pieces, whole, (own, limit) => tail.events(own, { ...query, limit }));
      if (pending.any) yield* leftUpTo(query.limit, pages, pending.event);
      else yield* pages;
    },
    async *log(query) {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      for (const segment of segments)
        yield* left(logOfSegment(segment, query, { folder, files, count: countRecords, onDamage }), pending.logged);
    },
    async *linked(window) {
      if (narrow.log === false) throw tooNarrow("what is linked", narrow);
      const stays = (entry: LogEntry) =>
        entry.kind === "reading"
          ? (pending.readings(entry.reading.series)?.(entry.reading) ?? true)
          : pending.logged(entry);
      for await (const page of sealed.linked(window)) yield page.filter(stays);
      const asked = { after: 0, window, attributes: false };
      for (const segment of segments)
        if (!segment.sealed)
          for await (const page of logOfSegment(segment, asked, { folder, files, count: countRecords, onDamage }))
            yield page.filter((entry) => contextOf(entry) !== null && stays(entry));
    },
    at: async (position) => {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      const segment = segments.findLast(({ base, limit }) => base <= position && position < base + limit);
      const asked = { folder, files, count: countRecords, attributes: tail.attributes };
      const event = segment ? undefined : await sealed.eventAt(position);
      const entry = segment ? await entryAt(segment, position, asked) : event && { kind: "event" as const, event };
      return entry && pending.logged(entry) ? entry : undefined;
    },
    holds: async (position) => {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      const segment = segments.findLast(({ base }) => base <= position);
      return segment !== undefined && isEntryAt(segment, position, { folder, files, count: countRecords });
    },
    close: () => files.close(),
  };
}

/** Times of the first and the last of what is read. */
async function timesRead(readings: ViewReader["readings"], series: SeriesId): Promise<Window | undefined> {
  const query = { series, window: ALL_TIME, order: "oldest_first", limit: 1, attributes: false } as const;
  for await (const [first] of readings(query)) {
    const last = await lastBefore(readings, series, ALL_TIME.to);
    return first && last && { from: first.time, to: last.time };
  }
  return undefined;
}
