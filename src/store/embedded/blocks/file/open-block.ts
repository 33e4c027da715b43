import { crc32 } from "node:zlib";
import { openEvents } from "../../chunks/events.ts";
import { openPack, type Pack } from "../../chunks/pack.ts";
import { openRollups } from "../../chunks/rollups.ts";
import { openStatistics } from "../../chunks/statistics.ts";
import type { Block } from "./block.ts";
import {
  type ChunkPlace,
  decodeChunks,
  decodeEventPlaces,
  type EventsPlace,
  PACK_FRAME,
  type TableEntry,
} from "./directory.ts";

/** Parts of a block file, checked. Each throws where bytes are not what was written. */
export class DamagedBlock extends Error {
  readonly at: number;
  readonly length: number;
  constructor(why: string, at: number, length: number) {
    super(why);
    this.at = at;
    this.length = length;
  }
}

export function checkDirectory(block: Block, bytes: Buffer): Buffer {
  const { at, length, checksum } = block.directory;
  if (bytes.length !== length || crc32(bytes) !== checksum)
    throw new DamagedBlock("the directory of a block is damaged", at, length);
  return bytes;
}

export function readChunks(entry: TableEntry, bytes: Buffer): readonly ChunkPlace[] {
  const chunks = decodeChunks(bytes, entry.chunks);
  if (!chunks) throw new DamagedBlock("the list of a series' chunks is damaged", entry.at, entry.length);
  return chunks;
}

export function readEventPlaces(block: Block, bytes: Buffer): readonly EventsPlace[] {
  const { at, length } = block.directory;
  const places = decodeEventPlaces(checkDirectory(block, bytes));
  if (!places) throw new DamagedBlock("the directory of a block is damaged", at, length);
  return places;
}

/** The bytes of a pack out of its frame. */
export function packBytes(place: { readonly at: number; readonly length: number }, frame: Buffer): Buffer {
  const { at, length } = place;
  const bytes = frame.subarray(PACK_FRAME);
  if (bytes.length !== length || frame.readUInt32LE(0) !== length || crc32(bytes) !== frame.readUInt32LE(4))
    throw new DamagedBlock("a pack is damaged", at, length + PACK_FRAME);
  return bytes;
}

export const frameOf = ({ at, length }: { readonly at: number; readonly length: number }) => ({
  at,
  length: length + PACK_FRAME,
});

export function packIn(place: { readonly at: number; readonly length: number }, frame: Buffer): Pack {
  return decoded(place, () => openPack(packBytes(place, frame)));
}

export function statisticsIn(place: ChunkPlace, frame: Buffer) {
  return decoded(place, () => openStatistics(packBytes(place, frame))[place.index] ?? []);
}

export function rollupsIn(place: ChunkPlace, frame: Buffer) {
  return decoded(place, () => openRollups(packBytes(place, frame))[place.index] ?? []);
}

export function eventsIn(place: EventsPlace, frame: Buffer) {
  return decoded(place, () => openEvents(packBytes(place, frame)));
}

/** What is malformed behind a good checksum is damage, too. */
export function decoded<T>(place: { readonly at: number; readonly length: number }, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DamagedBlock) throw error;
    throw new DamagedBlock("a pack that cannot be decoded", place.at, place.length + PACK_FRAME);
  }
}
