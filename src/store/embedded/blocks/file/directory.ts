import type { Position, SeriesId } from "../../../../domain/data/reading.ts";
import type { Summary } from "../../../../domain/data/summary.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import { type ChunkEntry, putSummary, takeSummary } from "../../chunks/pack.ts";
import { type Bytes, createBytes, putTime, putVarint, reserve, takeTime, takeVarint } from "../../format/bytes.ts";
import { checks, putChecksum } from "../../index/lists.ts";

/** Where a pack stands in the file: its frame is eight bytes (length, CRC-32) before its bytes. */
export const PACK_FRAME = 8;

/** A chunk and where it is: the pack's frame, the length of the pack's bytes, and which of its chunks. */
export type ChunkPlace = Omit<ChunkEntry, "series" | "summary"> & {
  /** What its readings amount to, in order: of all of them, by local days or as a whole; none: decode it. */
  readonly summaries: readonly Summary[];
  readonly at: number;
  readonly length: number;
  readonly index: number;
};

/** The chunks of one series in order of time, for the directory; its CRC-32 at the end. */
export function encodeChunks(chunks: readonly ChunkPlace[]): Buffer {
  const bytes = createBytes(64 * chunks.length + 16);
  let [time, position, pack] = [0, 0, 0];
  let before: Summary | undefined;
  for (const { from, to, count, at, length, index, firstPosition, lastPosition, summaries } of chunks) {
    reserve(bytes, 96);
    putTime(bytes, from, time);
    putVarint(bytes, to - from);
    putVarint(bytes, count);
    putTime(bytes, at, pack);
    putVarint(bytes, length);
    putVarint(bytes, index);
    putTime(bytes, firstPosition, position);
    putVarint(bytes, lastPosition - firstPosition);
    putVarint(bytes, summaries.length);
    for (const summary of summaries) {
      putSummary(bytes, summary, before);
      before = summary;
    }
    [time, position, pack] = [to, lastPosition, at];
  }
  putChecksum(bytes, 0);
  return bytes.buffer.subarray(0, bytes.at);
}

/** undefined: damaged. */
export function decodeChunks(buffer: Buffer, count: number): ChunkPlace[] | undefined {
  if (!checks(buffer)) return undefined;
  const bytes: Bytes = { buffer, at: 0 };
  const chunks: ChunkPlace[] = [];
  let [time, position, pack] = [0, 0, 0];
  let before: Summary | undefined;
  for (let i = 0; i < count; i++) {
    const from = takeTime(bytes, time);
    const to = from + takeVarint(bytes);
    const rows = takeVarint(bytes);
    const at = takeTime(bytes, pack);
    const length = takeVarint(bytes);
    const index = takeVarint(bytes);
    const firstPosition = takeTime(bytes, position);
    const lastPosition = firstPosition + takeVarint(bytes);
    const summaries: Summary[] = [];
    for (let left = takeVarint(bytes); left > 0; left--) {
      before = takeSummary(bytes, before);
      summaries.push(before);
    }
    chunks.push({ from, to, count: rows, at, length, index, firstPosition, lastPosition, summaries });
    [time, position, pack] = [to, lastPosition, at];
  }
  return chunks;
}

/** One line of the series table: where the list of a series' chunks stands, and what it amounts to. */
export type TableEntry = {
  readonly series: SeriesId;
  readonly at: number;
  readonly length: number;
  readonly chunks: number;
  readonly rows: number;
  /** Its share of the packs' bytes. */
  readonly bytes: number;
  readonly from: Micros;
  readonly to: Micros;
};

export const TABLE_ENTRY = 48;

/** Sorted by series, entries of one size: found by halving. */
export function encodeTable(entries: readonly TableEntry[]): Buffer {
  const table = Buffer.alloc(entries.length * TABLE_ENTRY);
  for (const [i, { series, at, from, to, length, chunks, rows, bytes }] of entries.entries()) {
    const start = i * TABLE_ENTRY;
    for (const [j, value] of [series, at, from, to].entries()) table.writeDoubleLE(value, start + 8 * j);
    for (const [j, value] of [length, chunks, rows, bytes].entries()) table.writeUInt32LE(value, start + 32 + 4 * j);
  }
  return table;
}

export const tableSize = (table: Buffer): number => Math.floor(table.length / TABLE_ENTRY);

export function entryAt(table: Buffer, i: number): TableEntry {
  const start = i * TABLE_ENTRY;
  return {
    series: table.readDoubleLE(start),
    at: table.readDoubleLE(start + 8),
    from: table.readDoubleLE(start + 16),
    to: table.readDoubleLE(start + 24),
    length: table.readUInt32LE(start + 32),
    chunks: table.readUInt32LE(start + 36),
    rows: table.readUInt32LE(start + 40),
    bytes: table.readUInt32LE(start + 44),
  };
}

export function findSeries(table: Buffer, series: SeriesId): TableEntry | undefined {
  let low = 0;
  let high = tableSize(table);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = table.readDoubleLE(middle * TABLE_ENTRY);
    if (found === series) return entryAt(table, middle);
    if (found < series) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** A pack of events; the directory of a block of events is the list of its packs, in order of time. */
export type EventsPlace = {
  readonly from: Micros;
  readonly to: Micros;
  readonly count: number;
  readonly at: number;
  readonly length: number;
  readonly firstPosition: Position;
  readonly lastPosition: Position;
};

export function encodeEventPlaces(places: readonly EventsPlace[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(places.length);
  return Buffer.concat([count, encodeChunks(places.map((place) => ({ ...place, index: 0, summaries: [] })))]);
}

/** undefined: damaged. */
export const decodeEventPlaces = (buffer: Buffer): EventsPlace[] | undefined =>
  decodeChunks(buffer.subarray(4), buffer.readUInt32LE(0));
