import { crc32 } from "node:zlib";
import type { Position } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { tooNew } from "../segments/header.ts";
import type { Span } from "../segments/lists.ts";

/** The fixed part of an index file (docs/data.md): enough to know whether a window touches the segment at all. */
export const INDEX_HEAD = 192;
/** 2: with places of statistics. A file of version 1 is read as one that has none. */
const VERSION = 2;
const MAGIC = Buffer.from("HAINGIDX", "latin1");

export type Section = { readonly at: number; readonly length: number };

export type IndexHead = {
  readonly base: Position;
  readonly baseTime: Micros;
  /** Where the segment's records end. */
  readonly limit: number;
  readonly span: Span | undefined;
  readonly readings: number;
  readonly events: number;
  /** One entry of fixed size per series, sorted by series. */
  readonly directory: Section;
  readonly eventList: Section;
  /** As the directory of readings, one entry per series and period; length 0: there are no statistics. */
  readonly statisticsDirectory: Section;
  /** Length 0: there is none. */
  readonly snapshot: Section;
};

export function encodeIndexHead(head: IndexHead): Buffer {
  const bytes = Buffer.alloc(INDEX_HEAD);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(VERSION, 8);
  bytes.writeUInt16LE(head.span ? 1 : 0, 10);
  const numbers = [
    head.base,
    head.baseTime,
    head.limit,
    head.span?.from ?? 0,
    head.span?.to ?? 0,
    head.readings,
    head.events,
    ...[head.directory, head.eventList, head.snapshot, head.statisticsDirectory].flatMap(({ at, length }) => [
      at,
      length,
    ]),
  ];
  for (const [i, value] of numbers.entries()) bytes.writeDoubleLE(value, 16 + 8 * i);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, INDEX_HEAD - 4)), INDEX_HEAD - 4);
  return bytes;
}

/** undefined: not the head of this segment's index. */
export function decodeIndexHead(bytes: Buffer, base: Position): IndexHead | undefined {
  if (bytes.length < INDEX_HEAD || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(INDEX_HEAD - 4) !== crc32(bytes.subarray(0, INDEX_HEAD - 4))) return undefined;
  if (bytes.readUInt16LE(8) > VERSION) throw tooNew(bytes.readUInt16LE(8));
  const number = (i: number) => bytes.readDoubleLE(16 + 8 * i);
  const section = (i: number): Section => ({ at: number(i), length: number(i + 1) });
  if (number(0) !== base) return undefined;
  return {
    base,
    baseTime: number(1),
    limit: number(2),
    span: bytes.readUInt16LE(10) & 1 ? { from: number(3), to: number(4) } : undefined,
    readings: number(5),
    events: number(6),
    directory: section(7),
    eventList: section(9),
    snapshot: section(11),
    statisticsDirectory: section(13),
  };
}
