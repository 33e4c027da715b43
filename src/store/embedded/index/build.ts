import { crc32 } from "node:zlib";
import type { Micros } from "../../../domain/time/time.ts";
import { type Bytes, createBytes } from "../format/bytes.ts";
import type { Header } from "../segments/header.ts";
import type { OffsetList, SegmentLists } from "../segments/lists.ts";
import { encodeIndexHead, INDEX_HEAD } from "./head.ts";
import { type DirectoryEntry, encodeEntry, putChecksum, putEvents, putList } from "./lists.ts";

/** The whole index file of a closed segment. */
export function encodeIndex(
  { base, baseTime }: Pick<Header, "base" | "baseTime">,
  limit: number,
  lists: SegmentLists,
  snapshot: Buffer | undefined,
): Buffer {
  const bytes = createBytes(64 * 1024);
  bytes.at = INDEX_HEAD;
  const readings = putLists(bytes, lists.readings, baseTime);
  const statistics = putLists(bytes, lists.statistics, baseTime);
  const eventsAt = bytes.at;
  putEvents(bytes, lists.events, baseTime);
  const directory = Buffer.concat(readings.map(encodeEntry));
  const statisticsDirectory = Buffer.concat(statistics.map(encodeEntry));
  const directoryAt = bytes.at;
  const statisticsAt = directoryAt + directory.length;
  const snapshotAt = statisticsAt + statisticsDirectory.length;
  const packed = snapshot ? withChecksum(snapshot) : Buffer.alloc(0);
  const head = encodeIndexHead({
    base,
    baseTime,
    limit,
    span: lists.span,
    readings: readings.reduce((sum, { count }) => sum + count, 0),
    events: lists.events.times.length,
    directory: { at: directoryAt, length: directory.length },
    eventList: { at: eventsAt, length: directoryAt - eventsAt },
    statisticsDirectory: { at: statisticsAt, length: statisticsDirectory.length },
    snapshot: { at: snapshotAt, length: packed.length },
  });
  head.copy(bytes.buffer);
  return Buffer.concat([bytes.buffer.subarray(0, bytes.at), directory, statisticsDirectory, packed]);
}

function putLists(bytes: Bytes, lists: ReadonlyMap<number, OffsetList>, baseTime: Micros): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (const [key, list] of [...lists].sort(([a], [b]) => a - b)) {
    const at = bytes.at;
    putList(bytes, list, baseTime);
    const checksum = crc32(bytes.buffer.subarray(at, bytes.at));
    entries.push({ key, at, length: bytes.at - at, count: list.times.length, ...rangeOf(list), checksum });
  }
  return entries;
}

function rangeOf({ times }: OffsetList): { from: number; to: number } {
  let from = times[0] as number;
  let to = from;
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return { from, to };
}

function withChecksum(snapshot: Buffer): Buffer {
  const bytes = createBytes(snapshot.length + 4);
  bytes.at = snapshot.copy(bytes.buffer);
  putChecksum(bytes, 0);
  return bytes.buffer.subarray(0, bytes.at);
}
