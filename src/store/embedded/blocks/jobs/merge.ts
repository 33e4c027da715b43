import { type Amendment, takesEvent } from "../../../../domain/data/amendment.ts";
import type { HomeEvent, Position, Stored } from "../../../../domain/data/reading.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import { cutoffOf } from "../../../shared/cutoffs.ts";
import { byTimeAndPosition } from "../../../shared/ledger.ts";
import type { ShedPlan } from "../../../store.ts";
import type { Block, BlockKind, Making } from "../file/block.ts";
import {
  type ChunkKey,
  type Content,
  inOrder,
  type RollupRow,
  readingsContent,
  rollupsContent,
  statisticsContent,
} from "../file/content.ts";
import { type ChunkPlace, type EventsPlace, PACK_FRAME } from "../file/directory.ts";
import { eventsIn, frameOf, packBytes, readEventPlaces } from "../file/open-block.ts";
import {
  CHUNK_ROWS,
  type ChunksWriter,
  createChunksWriter,
  createEventsWriter,
  type EventsWriter,
  evenly,
  type Hull,
  OWN_PACK_ROWS,
} from "../file/writer.ts";
import { publishBlocks } from "../set/publish.ts";
import { type Taken, takenFrom } from "./amended.ts";
import { type Hole, rollSeries } from "./roll.ts";
import type { BlocksMade } from "./seal.ts";
import {
  chunksOf,
  directoryOf,
  guarded,
  openSource,
  type PartLost,
  type Source,
  tableOf,
  type Work,
} from "./sources.ts";

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
  /** Of readings with cut-offs: what goes is rolled up, and no roll-up reaches over the ends of these. */
  readonly holes?: readonly Hole[];
  /** Roll-ups that would go at once are not made. */
  readonly rollupCutoffs?: ShedPlan["readings"];
  /** What these take is left out. */
  readonly without?: readonly Amendment[];
};

export type Merged = BlocksMade & {
  /** What cut-offs and amendments took. */
  readonly dropped: number;
  /** Parts of the inputs that could not be read; what they held is not in the result. */
  readonly damages: readonly PartLost[];
};

/**
 * Makes one block of several, and one of roll-ups of what goes from it. Holds the rows of one series' overlapping chunks
 * at a time.
 */
export function mergeBlocks(job: MergeJob): Merged {
  const { blocks, inputs, next, sealed } = job;
  const [{ kind, month }] = inputs as [Block];
  // Filled before the first block is finished: each names all of them.
  const sequences: number[] = [];
  const making: Making = { replaces: inputs.map(({ sequence }) => sequence), sealed, made: sequences };
  const damages: PartLost[] = [];
  const sources = inputs.map((block) => openSource(blocks, block));
  const needs = { folder: blocks, month, sequence: next, making };
  const isRolling = kind === "readings" && job.cutoffs !== undefined && job.holes !== undefined;
  const rollups = isRolling ? createChunksWriter({ ...needs, sequence: next + 1 }, rollupsContent) : undefined;
  const work: MergeWork = { job, sources, damages, rollups };
  const writers: Writer[] = rollups ? [rollups] : [];
  try {
    writers.unshift(WRITERS[kind](needs, work));
    const filled = writers.filter((writer) => !writer.isEmpty());
    sequences.push(...filled.map(({ sequence }) => sequence));
    const made = filled.map((writer) => writer.finish() as Block);
    if (made.length > 0) publishBlocks(blocks, made);
    const before = inputs.reduce((sum, { entries }) => sum + entries, 0);
    const after = made.find(({ sequence }) => sequence === next)?.entries ?? 0;
    return { made, dropped: damages.length > 0 ? 0 : before - after, damages };
  } finally {
    for (const writer of writers) writer.abandon();
    for (const source of sources) source.close();
  }
}

type MergeWork = Work & {
  readonly job: MergeJob;
  readonly sources: readonly Source[];
  readonly rollups: ChunksWriter<RollupRow> | undefined;
};
type WriterNeeds = Parameters<typeof createEventsWriter>[0];
type Positioned = { readonly position: Position };

type Writer = Pick<EventsWriter, "sequence" | "isEmpty" | "finish" | "abandon">;

/** What stays of the inputs, written but for the end of the file. */
const WRITERS: { readonly [K in BlockKind]: (needs: WriterNeeds, work: MergeWork) => Writer } = {
  readings: (needs, work) => mergeChunks(needs, work, readingsContent(work.job.timeZone)),
  statistics: (needs, work) => mergeChunks(needs, work, statisticsContent),
  rollups: (needs, work) => mergeChunks(needs, work, rollupsContent),
  events: mergeEvents,
};

type OwnChunk = { readonly source: Source; readonly chunk: ChunkPlace };

function mergeChunks<Row extends Positioned>(needs: WriterNeeds, work: MergeWork, content: Content<Row>): Writer {
  const { cutoffs, holes, timeZone, rollupCutoffs } = work.job;
  const { rollups } = work;
  const taken = takenFrom(content.kind, work.job.without ?? []);
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
      const groups = overlapping(chunks);
      mergeSeries({ series, groups, cutoff, taken: taken(series), writer, work, content });
      if (rollups && holes && cutoff !== null) {
        const from = rollupCutoffs ? cutoffOf(rollupCutoffs, series) : null;
        rollSeries({ series, groups, before: cutoff, from, timeZone, holes, writer: rollups, work });
      }
    }
    return writer;
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

function mergeSeries<Row extends Positioned>({
  series,
  groups,
  cutoff,
  taken,
  writer,
  work,
  content,
}: {
  readonly series: ChunkKey;
  /** In order of time; chunks that overlap together. */
  readonly groups: readonly (readonly OwnChunk[])[];
  readonly cutoff: Micros | null;
  readonly taken: Taken | undefined;
  readonly writer: ChunksWriter<Row>;
  readonly work: MergeWork;
  readonly content: Content<Row>;
}): void {
  const from = cutoff ?? Number.NEGATIVE_INFINITY;
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
  for (const group of groups) {
    const kept = group.filter(({ chunk }) => chunk.to >= from);
    const [only] = kept;
    if (!only) continue;
    const whole = only.chunk.from >= from && !taken?.mayTouch(only.chunk);
    if (kept.length === 1 && whole && isFull(only) && (waiting.length === 0 || waiting.length >= OWN_PACK_ROWS)) {
      flush();
      const bytes = guarded(only.source, series, only.chunk, work, () =>
        packBytes(only.chunk, only.source.read(only.chunk.at, only.chunk.length + PACK_FRAME)),
      );
      if (bytes) writer.copy(series, only.chunk, bytes);
      continue;
    }
    for (const { chunk } of kept) hull = hullOf(hull ?? chunk, chunk);
    const read = kept.flatMap((one) => rowsOf(one, series, from, work, content));
    const rows = kept.length > 1 ? inOrder(content, read) : read;
    for (const row of rows)
      if (content.endOf(row) >= from && !taken?.takes(content.timeOf(row), content.endOf(row))) waiting.push(row);
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
  from: Micros,
  work: MergeWork,
  content: Content<Row>,
): readonly Row[] {
  return (
    guarded(source, series, place, work, () => source.pack(place, content.open, (rows) => rows(place.index, from))) ??
    []
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

function mergeEvents(needs: WriterNeeds, work: MergeWork): Writer {
  const { cutoffs, without = [] } = work.job;
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
      for (const event of group.sort(byTimeAndPosition))
        if (event.time >= oldest && !without.some((amendment) => takesEvent(amendment, event))) writer.add(event);
      group = [];
    };
    for (const { source, place } of places.sort((a, b) => a.place.from - b.place.from)) {
      if (place.from > end) flush();
      end = Math.max(end, place.to);
      group.push(...(guarded(source, null, place, work, () => readEvents(source, place)) ?? []));
    }
    flush();
    return writer;
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

function readEvents(source: Source, place: EventsPlace): readonly Stored<HomeEvent>[] {
  const { at, length } = frameOf(place);
  return eventsIn(place, source.read(at, length));
}
