import { crc32 } from "node:zlib";
import { createBytes } from "../format/bytes.ts";
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
  const entries: DirectoryEntry[] = [];
  let readings = 0;
  for (const [series, list] of [...lists.readings].sort(([a], [b]) => a - b)) {
    const at = bytes.at;
    putList(bytes, list, baseTime);
    const checksum = crc32(bytes.buffer.subarray(at, bytes.at));
    entries.push({ series, at, length: bytes.at - at, count: list.times.length, ...rangeOf(list), checksum });
    readings += list.times.length;
  }
  const eventsAt = bytes.at;
  putEvents(bytes, lists.events, baseTime);
  const directory = Buffer.concat(entries.map(encodeEntry));
  const directoryAt = bytes.at;
  const snapshotAt = directoryAt + directory.length;
  const packed = snapshot ? withChecksum(snapshot) : Buffer.alloc(0);
  const head = encodeIndexHead({
    base,
    baseTime,
    limit,
    span: lists.span,
    readings,
    events: lists.events.times.length,
    directory: { at: directoryAt, length: directory.length },
    eventList: { at: eventsAt, length: directoryAt - eventsAt },
    snapshot: { at: snapshotAt, length: packed.length },
  });
  head.copy(bytes.buffer);
  return Buffer.concat([bytes.buffer.subarray(0, bytes.at), directory, packed]);
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
