import { crc32 } from "node:zlib";
import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { type Bytes, putText, putTime, putVarint, reserve, takeText, takeTime, takeVarint } from "../format/bytes.ts";
import type { StatisticLine } from "../format/statistic.ts";
import type { EventList, FlatEvents, FlatList, OffsetList } from "../segments/lists.ts";

/** One list: for each record the distance to the one before in the file, its length, and the distance in time. */
export function putList(bytes: Bytes, list: OffsetList, baseTime: Micros, typeOf?: (i: number) => number): void {
  let offset = 0;
  let time = baseTime;
  for (let i = 0; i < list.offsets.length; i++) {
    reserve(bytes, 48);
    putVarint(bytes, (list.offsets[i] as number) - offset);
    putVarint(bytes, list.lengths[i] as number);
    putTime(bytes, list.times[i] as number, time);
    if (typeOf) putVarint(bytes, typeOf(i));
    offset = list.offsets[i] as number;
    time = list.times[i] as number;
  }
}

export function takeList(buffer: Buffer, count: number, baseTime: Micros): FlatList {
  return takeRows({ buffer, at: 0 }, count, baseTime);
}

function takeRows(
  bytes: Bytes,
  count: number,
  baseTime: Micros,
  types?: string[],
  names?: readonly string[],
): FlatList {
  const times = new Float64Array(count);
  const offsets = new Float64Array(count);
  const lengths = new Uint32Array(count);
  let offset = 0;
  let time = baseTime;
  for (let i = 0; i < count; i++) {
    offset += takeVarint(bytes);
    lengths[i] = takeVarint(bytes);
    time = takeTime(bytes, time);
    offsets[i] = offset;
    times[i] = time;
    types?.push(names?.[takeVarint(bytes)] ?? "");
  }
  return { times, offsets, lengths };
}

/** Events: the names of their types first, then the list with a number of a name each, then a CRC. */
export function putEvents(bytes: Bytes, events: EventList, baseTime: Micros): void {
  const start = bytes.at;
  const names = [...new Set(events.types)];
  const codes = new Map(names.map((name, i) => [name, i]));
  reserve(bytes, 16);
  putVarint(bytes, names.length);
  for (const name of names) putText(bytes, name);
  reserve(bytes, 16);
  putVarint(bytes, events.offsets.length);
  putList(bytes, events, baseTime, (i) => codes.get(events.types[i] as string) as number);
  putChecksum(bytes, start);
}

export function takeEvents(buffer: Buffer, baseTime: Micros): FlatEvents | undefined {
  if (!checks(buffer)) return undefined;
  const bytes: Bytes = { buffer, at: 0 };
  const names = Array.from({ length: takeVarint(bytes) }, () => takeText(bytes));
  const types: string[] = [];
  return { ...takeRows(bytes, takeVarint(bytes), baseTime, types, names), types };
}

/** A directory entry: series (or series and period), where its list stands, how many, first and last time, CRC of the list, CRC of this. */
export const DIRECTORY_ENTRY = 52;

export type DirectoryEntry = {
  /** The series of readings, or the line of statistics. */
  readonly key: SeriesId | StatisticLine;
  readonly at: number;
  readonly length: number;
  readonly count: number;
  readonly from: Micros;
  readonly to: Micros;
  readonly checksum: number;
};

export function encodeEntry(entry: DirectoryEntry): Buffer {
  const bytes = Buffer.alloc(DIRECTORY_ENTRY);
  for (const [i, value] of [entry.key, entry.at, entry.from, entry.to].entries()) bytes.writeDoubleLE(value, 8 * i);
  bytes.writeUInt32LE(entry.length, 32);
  bytes.writeUInt32LE(entry.count, 36);
  bytes.writeUInt32LE(entry.checksum, 40);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 48)), 48);
  return bytes;
}

export function decodeEntry(bytes: Buffer, at: number): DirectoryEntry | undefined {
  if (bytes.length < at + DIRECTORY_ENTRY) return undefined;
  if (bytes.readUInt32LE(at + 48) !== crc32(bytes.subarray(at, at + 48))) return undefined;
  return {
    key: bytes.readDoubleLE(at),
    at: bytes.readDoubleLE(at + 8),
    from: bytes.readDoubleLE(at + 16),
    to: bytes.readDoubleLE(at + 24),
    length: bytes.readUInt32LE(at + 32),
    count: bytes.readUInt32LE(at + 36),
    checksum: bytes.readUInt32LE(at + 40),
  };
}

export function putChecksum(bytes: Bytes, start: number): void {
  reserve(bytes, 4);
  bytes.at = bytes.buffer.writeUInt32LE(crc32(bytes.buffer.subarray(start, bytes.at)), bytes.at);
}

/** Whether the last four bytes are the CRC of those before. */
export const checks = (bytes: Buffer): boolean =>
  bytes.length >= 4 && bytes.readUInt32LE(bytes.length - 4) === crc32(bytes.subarray(0, -4));
