import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { HomeEvent, Position, SeriesId, Stored } from "../../../domain/reading.ts";
import type { Micros } from "../../../domain/time.ts";
import { cutoffOf } from "../../shared/cutoffs.ts";
import { byTimeAndPosition } from "../../shared/ledger.ts";
import type { ShedPlan } from "../../store.ts";
import type { Block, BlockKind, Making } from "./block.ts";
import { type ChunkKey, type Content, inOrder, readingsContent, statisticsContent } from "./content.ts";
import { type ChunkPlace, type EventsPlace, entryAt, PACK_FRAME, type TableEntry, tableSize } from "./directory.ts";
import {
  checkDirectory,
  DamagedBlock,
  decoded,
  eventsIn,
  frameOf,
  packBytes,
  readChunks,
  readEventPlaces,
} from "./open-block.ts";
import { publishBlocks } from "./publish.ts";
import type { BlocksMade } from "./seal.ts";
import {
  CHUNK_ROWS,
  type ChunksWriter,
  createChunksWriter,
  createEventsWriter,
  evenly,
  type Hull,
  OWN_PACK_ROWS,
} from "./writer.ts";

export type MergeJob = {
  readonly kind: "merge";
  readonly blocks: string;
  /** Of one kind and month. */
  readonly inputs: readonly Block[];
  readonly next: number;
  readonly timeZone: string;
  readonly sealed: Making["sealed"];
  /** Absent: everything is kept. */
  readonly cutoffs?: ShedPlan["readings"];
};

export type Merged = BlocksMade & {
  /** What the cut-offs took, in readings or events. */
  readonly dropped: number;
  /** Parts of the inputs that could not be read; what they held is not in the result. */
  readonly damages: readonly {
    readonly block: Block;
    readonly at: number;
    readonly length: number;
    readonly why: string;
    readonly series: SeriesId | null;
    readonly from: Micros;
    readonly to: Micros;
  }[];
};

type Source = { readonly block: Block; read(at: number, length: number): Buffer; close(): void };

/** Makes one block of several. Holds the rows of one series' overlapping chunks at a time. */
export function mergeBlocks(job: MergeJob): Merged {
  const { blocks, inputs, next, sealed } = job;
  const [{ kind, month }] = inputs as [Block];
  const making: Making = { replaces: inputs.map(({ sequence }) => sequence), sealed, made: [next] };
  const damages: Merged["damages"][number][] = [];
  const sources = inputs.map((block) => openSource(blocks, block));
  const needs = { folder: blocks, month, sequence: next, making };
  const work = { job, sources, damages, kept: 0 };
  try {
    const made = WRITERS[kind](needs, work);
    if (made) publishBlocks(blocks, [made]);
    const before = inputs.reduce((sum, { entries }) => sum + entries, 0);
    const lost = damages.length > 0;
    return { made: made ? [made] : [], dropped: lost ? 0 : before - (made?.entries ?? 0), damages };
  } finally {
    for (const source of sources) source.close();
  }
}

type Work = {
  readonly job: MergeJob;
  readonly sources: readonly Source[];
  readonly damages: Merged["damages"][number][];
};
type WriterNeeds = Parameters<typeof createEventsWriter>[0];
type Positioned = { readonly position: Position };

const WRITERS: { readonly [K in BlockKind]: (needs: WriterNeeds, work: Work) => Block | undefined } = {
  readings: (needs, work) => mergeChunks(needs, work, readingsContent(work.job.timeZone)),
  statistics: (needs, work) => mergeChunks(needs, work, statisticsContent),
  events: mergeEvents,
};

type OwnChunk = { readonly source: Source; readonly chunk: ChunkPlace };

function mergeChunks<Row extends Positioned>(needs: WriterNeeds, work: Work, content: Content<Row>): Block | undefined {
  const { cutoffs } = work.job;
  const writer = createChunksWriter(needs, content);
  try {
    const tables = work.sources.map((source) => ({ source, table: tableOf(source, work) }));
    const all = new Set(tables.flatMap(({ table }) => [...table.keys()]));
    for (const series of [...all].sort((a, b) => a - b)) {
      const cutoff = cutoffs ? cutoffOf(cutoffs, series) : null;
      const chunks = tables.flatMap(({ source, table }) => {
        const entry = table.get(series);
        return entry ? chunksOf(source, entry, work).map((chunk) => ({ source, chunk })) : [];
      });
      mergeSeries({ series, chunks, cutoff, writer, work, content });
    }
    return writer.finish();
  } finally {
    writer.abandon();
  }
}

function mergeSeries<Row extends Positioned>({
  series,
  chunks,
  cutoff,
  writer,
  work,
  content,
}: {
  readonly series: ChunkKey;
  readonly chunks: readonly OwnChunk[];
  readonly cutoff: Micros | null;
  readonly writer: ChunksWriter<Row>;
  readonly work: Work;
  readonly content: Content<Row>;
}): void {
  let waiting: Row[] = [];
  let hull: Hull | undefined;
  /** Writes full chunks while more than two are there: the rest may grow to a full one yet. */
  const flushFull = () => {
    let at = 0;
    for (; waiting.length - at >= 2 * CHUNK_ROWS; at += CHUNK_ROWS)
      writer.add(series, waiting.slice(at, at + CHUNK_ROWS), hull);
    waiting = waiting.slice(at);
  };
  const flush = () => {
    for (const rows of evenly(waiting)) writer.add(series, rows, hull);
    waiting = [];
    hull = undefined;
  };
  for (const group of overlapping(chunks)) {
    const kept = cutoff === null ? group : group.filter(({ chunk }) => chunk.to >= cutoff);
    const [only] = kept;
    if (!only) continue;
    const whole = cutoff === null || only.chunk.from >= cutoff;
    if (kept.length === 1 && whole && isFull(only) && (waiting.length === 0 || waiting.length >= OWN_PACK_ROWS)) {
      flush();
      const bytes = guarded(only.source, series, only.chunk, work, () =>
        packBytes(only.chunk, only.source.read(only.chunk.at, only.chunk.length + PACK_FRAME)),
      );
      if (bytes) writer.copy(series, only.chunk, bytes);
      continue;
    }
    for (const { chunk } of kept) hull = hullOf(hull ?? chunk, chunk);
    const read = kept.flatMap((one) => rowsOf(one, series, work, content));
    const rows = kept.length > 1 ? inOrder(content, read) : read;
    for (const row of rows) if (cutoff === null || content.timeOf(row) >= cutoff) waiting.push(row);
    flushFull();
  }
  flush();
}

const hullOf = (a: Hull, b: Hull): Hull => ({
  firstPosition: Math.min(a.firstPosition, b.firstPosition),
  lastPosition: Math.max(a.lastPosition, b.lastPosition),
});

/** Large enough to stay as it is, and alone in its pack. */
const isFull = ({ chunk }: OwnChunk): boolean => chunk.count >= CHUNK_ROWS / 2 && chunk.count >= OWN_PACK_ROWS;

function rowsOf<Row extends Positioned>(
  { source, chunk: place }: OwnChunk,
  series: ChunkKey,
  work: Work,
  content: Content<Row>,
): readonly Row[] {
  return (
    guarded(source, series, place, work, () => {
      const { at, length } = frameOf(place);
      return decoded(place, () => content.decode(packBytes(place, source.read(at, length)), place.index));
    }) ?? []
  );
}

/** Chunks whose times overlap, together; in order of time. */
function overlapping(chunks: readonly OwnChunk[]): OwnChunk[][] {
  const groups: OwnChunk[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const one of chunks.toSorted(
    (a, b) => a.chunk.from - b.chunk.from || a.chunk.firstPosition - b.chunk.firstPosition,
  )) {
    const last = groups.at(-1);
    if (last && one.chunk.from <= end) last.push(one);
    else groups.push([one]);
    end = Math.max(end, one.chunk.to);
  }
  return groups;
}

function mergeEvents(needs: WriterNeeds, work: Work): Block | undefined {
  const { cutoffs } = work.job;
  const oldest = cutoffs?.default ?? Number.NEGATIVE_INFINITY;
  const writer = createEventsWriter(needs);
  try {
    const places = work.sources.flatMap((source) =>
      (guarded(source, null, source.block, work, () => readEventPlaces(source.block, directoryOf(source))) ?? []).map(
        (place) => ({ source, place }),
      ),
    );
    let group: Stored<HomeEvent>[] = [];
    let end = Number.NEGATIVE_INFINITY;
    const flush = () => {
      for (const event of group.sort(byTimeAndPosition)) if (event.time >= oldest) writer.add(event);
      group = [];
    };
    for (const { source, place } of places.sort((a, b) => a.place.from - b.place.from)) {
      if (place.from > end) flush();
      end = Math.max(end, place.to);
      group.push(...(guarded(source, null, place, work, () => readEvents(source, place)) ?? []));
    }
    flush();
    return writer.finish();
  } finally {
    writer.abandon();
  }
}

function readEvents(source: Source, place: EventsPlace): readonly Stored<HomeEvent>[] {
  const { at, length } = frameOf(place);
  return eventsIn(place, source.read(at, length));
}

function tableOf(source: Source, work: Work): Map<SeriesId, TableEntry> {
  const table = guarded(source, null, source.block, work, () => checkDirectory(source.block, directoryOf(source)));
  const entries = new Map<SeriesId, TableEntry>();
  for (let i = 0; table && i < tableSize(table); i++) {
    const entry = entryAt(table, i);
    entries.set(entry.series, entry);
  }
  return entries;
}

const chunksOf = (source: Source, entry: TableEntry, work: Work): readonly ChunkPlace[] =>
  guarded(source, entry.series, entry, work, () => readChunks(entry, source.read(entry.at, entry.length))) ?? [];

const directoryOf = ({ block, read }: Source): Buffer => read(block.directory.at, block.directory.length);

/** What is damaged is left out and named; the rest is kept. */
function guarded<T>(
  { block }: Source,
  series: SeriesId | null,
  { from, to }: { readonly from: Micros; readonly to: Micros },
  { damages }: Work,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedBlock)) throw error;
    damages.push({ block, at: error.at, length: error.length, why: error.message, series, from, to });
    return undefined;
  }
}

function openSource(folder: string, block: Block): Source {
  const handle = openSync(join(folder, block.name), "r");
  return {
    block,
    read: (at, length) => {
      const bytes = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const read = readSync(handle, bytes, done, length - done, at + done);
        if (read === 0) break;
        done += read;
      }
      return bytes.subarray(0, done);
    },
    close: () => closeSync(handle),
  };
}
