import { join } from "node:path";
import { type Amendment, takesEvent, takesReading, takesStatistic } from "../../../../domain/data/amendment.ts";
import type { Context, HomeEvent, Position, Reading, SeriesId, Stored } from "../../../../domain/data/reading.ts";
import type { Statistic } from "../../../../domain/data/statistic.ts";
import { type Micros, utcMonth, utcMonthEnd, utcMonthStart } from "../../../../domain/time/time.ts";
import { byTimeAndPosition } from "../../../shared/ledger.ts";
import { takeEvent } from "../../format/entries.ts";
import { FRAME } from "../../format/frame.ts";
import { takeReading } from "../../format/reading.ts";
import { type StatisticLine, takeStatistic } from "../../format/statistic.ts";
import { readDurably } from "../../maintenance/durably.ts";
import { attributesIn, replaySegment } from "../../segments/replay.ts";
import type { Block, Making } from "../file/block.ts";
import { type ChunkKey, type Content, inOrder, readingsContent, statisticsContent } from "../file/content.ts";
import { createChunksWriter, createEventsWriter, evenly } from "../file/writer.ts";
import { publishBlocks } from "../set/publish.ts";

export type SealJob = {
  readonly kind: "seal";
  /** Where the log lies, and where the blocks go. */
  readonly tail: string;
  readonly blocks: string;
  readonly segment: {
    readonly name: string;
    readonly base: Position;
    readonly baseTime: Micros;
    readonly limit: number;
  };
  /** The first sequence that may be given to a block. */
  readonly next: number;
  readonly timeZone: string;
  /** Those that stand in the segment. */
  readonly amendments: readonly Stored<Amendment>[];
};

export type BlocksMade = { readonly made: readonly Block[] };

/** `dropped`: what amendments of the segment took of what stood before them. */
export type SealedSegment = BlocksMade & {
  readonly dropped: { readonly readings: number; readonly statistics: number; readonly events: number };
};

/** Writes what a closed segment holds into blocks, one of readings and one of events for each month that it touches. */
export function sealSegment(job: SealJob): SealedSegment {
  const { blocks, segment, next } = job;
  const { months, dropped } = contentOf(readDurably(join(job.tail, segment.name)), job);
  const readings = readingsContent(job.timeZone);
  const parts = [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([month, content]) => [
      ...(content.readings.size > 0
        ? [{ month, write: (needs: WriterNeeds) => writeChunks(needs, readings, content.readings) }]
        : []),
      ...(content.statistics.size > 0
        ? [{ month, write: (needs: WriterNeeds) => writeChunks(needs, statisticsContent, content.statistics) }]
        : []),
      ...(content.events.length > 0
        ? [{ month, write: (needs: WriterNeeds) => writeEvents(needs, content.events) }]
        : []),
    ]);
  const making: Making = {
    replaces: [],
    sealed: segment.base + segment.limit,
    made: parts.map((_, i) => next + i),
  };
  const made = parts.map(({ month, write }, i) => write({ folder: blocks, month, sequence: next + i, making }));
  publishBlocks(blocks, made);
  return { made, dropped };
}

type Months = Map<string, MonthContent>;
type MonthContent = {
  readonly readings: Map<SeriesId, Stored<Reading>[]>;
  readonly statistics: Map<StatisticLine, Stored<Statistic>[]>;
  readonly events: Stored<HomeEvent>[];
};
type WriterNeeds = Parameters<typeof createEventsWriter>[0];

function writeChunks<Row extends { readonly position: Position }>(
  needs: WriterNeeds,
  content: Content<Row>,
  chunks: ReadonlyMap<ChunkKey, Row[]>,
): Block {
  const writer = createChunksWriter(needs, content);
  try {
    for (const [key, unordered] of [...chunks].sort(([a], [b]) => a - b)) {
      const rows = inOrder(content, unordered);
      for (const chunk of evenly(rows)) writer.add(key, chunk);
    }
    return writer.finish() as Block;
  } finally {
    writer.abandon();
  }
}

function writeEvents(needs: WriterNeeds, events: Stored<HomeEvent>[]): Block {
  const writer = createEventsWriter(needs);
  try {
    for (const event of events.sort(byTimeAndPosition)) writer.add(event);
    return writer.finish() as Block;
  } finally {
    writer.abandon();
  }
}

function contentOf(
  buffer: Buffer,
  { segment, amendments }: SealJob,
): { readonly months: Months; readonly dropped: SealedSegment["dropped"] } {
  const { base, baseTime, limit } = segment;
  const months: Months = new Map();
  let last = { from: 0, to: 0, content: undefined as unknown as MonthContent };
  const contentAt = (time: Micros): MonthContent => {
    // Nearly always that of the entry before.
    if (time >= last.from && time < last.to) return last.content;
    const month = utcMonth(time);
    const content = months.get(month) ?? { readings: new Map(), statistics: new Map(), events: [] };
    months.set(month, content);
    last = { from: utcMonthStart(month), to: utcMonthEnd(month), content };
    return content;
  };
  const attributes = new Map<number, Reading["attributes"] | undefined>();
  const attributesOf = (at: number) => {
    if (!attributes.has(at)) attributes.set(at, attributesIn(buffer, at, segment)?.attributes);
    return attributes.get(at);
  };
  const { links } = contextsIn(buffer, segment);
  const dropped = { readings: 0, statistics: 0, events: 0 };
  const isTaken = (offset: number, takes: (amendment: Amendment) => boolean) =>
    amendments.some((amendment) => base + offset < amendment.position && takes(amendment));
  replaySegment(
    buffer,
    { base, baseTime, limit },
    {
      reading: (_, offset, length) => {
        const { reading, attributesAt } = takeReading({ buffer, at: offset + FRAME }, offset + length, baseTime);
        if (isTaken(offset, (amendment) => takesReading(amendment, reading.series, reading.time))) {
          dropped.readings++;
          return;
        }
        const found = attributesAt > 0 ? attributesOf(attributesAt) : reading.attributes;
        const row: Stored<Reading> = {
          ...reading,
          position: base + offset,
          context: links(reading.context, reading.time) ? reading.context : null,
          attributes: found ?? reading.attributes,
          flaws: found ? reading.flaws : [...reading.flaws, "attributes_lost"],
        };
        const { readings } = contentAt(reading.time);
        const own = readings.get(reading.series);
        if (own) own.push(row);
        else readings.set(reading.series, [row]);
      },
      event: (_, offset, length) => {
        const event = takeEvent({ buffer, at: offset + FRAME }, offset + length, baseTime);
        if (isTaken(offset, (amendment) => takesEvent(amendment, event))) {
          dropped.events++;
          return;
        }
        contentAt(event.time).events.push({ ...event, position: base + offset });
      },
      gap: () => {},
      statistic: ({ line, start }, offset) => {
        const statistic = takeStatistic({ buffer, at: offset + FRAME }, baseTime);
        if (isTaken(offset, (amendment) => takesStatistic(amendment, statistic))) {
          dropped.statistics++;
          return;
        }
        const { statistics } = contentAt(start);
        const row = { ...statistic, position: base + offset };
        const own = statistics.get(line);
        if (own) own.push(row);
        else statistics.set(line, [row]);
      },
      series: () => {},
      amendment: () => {},
      void: () => {},
      damage: () => {},
    },
  );
  return { months, dropped };
}

/** What is linked with something in the next or the last segment is within so much of this one's ends. */
const EDGE: Micros = 10_000_000;

/**
 * A context is worth its bytes where it links: it has a parent or a user, or more than one entry has it, or one names it
 * as its parent. Random ids do not compress, and most changes have one that nothing else ever names.
 */
function contextsIn(buffer: Buffer, { base, baseTime, limit }: SealJob["segment"]) {
  const seen = new Map<string, number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const see = (context: Context | null, time: Micros, weight: number) => {
    first = Math.min(first, time);
    last = Math.max(last, time);
    if (!context) return;
    seen.set(context.id, (seen.get(context.id) ?? 0) + weight);
    if (context.parentId !== null) seen.set(context.parentId, 2);
  };
  replaySegment(
    buffer,
    { base, baseTime, limit },
    {
      reading: (_, offset, length) => {
        const { reading } = takeReading({ buffer, at: offset + FRAME }, offset + length, baseTime);
        see(reading.context, reading.time, 1);
      },
      event: (_, offset, length) => {
        const { context, time } = takeEvent({ buffer, at: offset + FRAME }, offset + length, baseTime);
        see(context, time, 2);
      },
      gap: () => {},
      statistic: () => {},
      series: () => {},
      amendment: () => {},
      void: () => {},
      damage: () => {},
    },
  );
  return {
    links: (context: Context | null, time: Micros): boolean =>
      context !== null &&
      (context.parentId !== null ||
        context.userId !== null ||
        (seen.get(context.id) ?? 0) > 1 ||
        time < first + EDGE ||
        time > last - EDGE),
  };
}
