import { join } from "node:path";
import type { Context, HomeEvent, Position, Reading, SeriesId, Stored } from "../../../domain/reading.ts";
import { type Micros, utcMonth, utcMonthEnd, utcMonthStart } from "../../../domain/time.ts";
import { byTimeAndPosition } from "../../shared/ledger.ts";
import { takeEvent } from "../format/entries.ts";
import { FRAME } from "../format/frame.ts";
import { takeReading } from "../format/reading.ts";
import { readDurably } from "../maintenance/durably.ts";
import { attributesIn, replaySegment } from "../segments/replay.ts";
import type { Block, Making } from "./block.ts";
import { publishBlocks } from "./publish.ts";
import { CHUNK_ROWS, createEventsWriter, createReadingsWriter } from "./writer.ts";

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
};

export type BlocksMade = { readonly made: readonly Block[] };

/** Writes what a closed segment holds into blocks, one of readings and one of events for each month that it touches. */
export function sealSegment(job: SealJob): BlocksMade {
  const { blocks, segment, next } = job;
  const months = contentOf(readDurably(join(job.tail, segment.name)), segment);
  const kinds = [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([month, content]) => [
      ...(content.readings.size > 0 ? [{ month, content, kind: "readings" as const }] : []),
      ...(content.events.length > 0 ? [{ month, content, kind: "events" as const }] : []),
    ]);
  const making: Making = {
    replaces: [],
    sealed: segment.base + segment.limit,
    made: kinds.map((_, i) => next + i),
  };
  const made = kinds.map(({ month, content, kind }, i) => {
    const needs = { folder: blocks, month, sequence: next + i, making };
    return kind === "readings" ? writeReadings(needs, content.readings) : writeEvents(needs, content.events);
  });
  publishBlocks(blocks, made);
  return { made };
}

type Content = { readonly readings: Map<SeriesId, Stored<Reading>[]>; readonly events: Stored<HomeEvent>[] };
type WriterNeeds = Parameters<typeof createReadingsWriter>[0];

function writeReadings(needs: WriterNeeds, readings: Content["readings"]): Block {
  const writer = createReadingsWriter(needs);
  try {
    for (const [series, rows] of [...readings].sort(([a], [b]) => a - b)) {
      rows.sort(byTimeAndPosition);
      for (let at = 0; at < rows.length; at += CHUNK_ROWS) writer.add(series, rows.slice(at, at + CHUNK_ROWS));
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

function contentOf(buffer: Buffer, segment: SealJob["segment"]): Map<string, Content> {
  const { base, baseTime, limit } = segment;
  const months = new Map<string, Content>();
  let last = { from: 0, to: 0, content: undefined as unknown as Content };
  const contentAt = (time: Micros): Content => {
    // Nearly always that of the entry before.
    if (time >= last.from && time < last.to) return last.content;
    const month = utcMonth(time);
    const content = months.get(month) ?? { readings: new Map(), events: [] };
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
  replaySegment(
    buffer,
    { base, baseTime, limit },
    {
      reading: (_, offset, length) => {
        const { reading, attributesAt } = takeReading({ buffer, at: offset + FRAME }, offset + length, baseTime);
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
        contentAt(event.time).events.push({ ...event, position: base + offset });
      },
      gap: () => {},
      statistic: () => {},
      series: () => {},
      damage: () => {},
    },
  );
  return months;
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
