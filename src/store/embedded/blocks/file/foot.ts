import { crc32 } from "node:zlib";
import { Failure } from "../../../../domain/failure.ts";
import { tooNew } from "../../segments/header.ts";
import { BLOCK_KINDS, type Block, blockName, type Making } from "./block.ts";

/**
 * A block file begins with eight letters and a format version and ends with what it says of itself: JSON, its length,
 * its CRC-32 and the letters again (docs/data.md).
 */
export const BLOCK_HEAD = 16;
const TRAILER = 16;
const MAGIC = Buffer.from("HAINGBLK", "latin1");
const VERSION = 1;
/** Longer is no foot: the largest names a few hundred blocks. */
const LONGEST = 1 << 20;

export type Foot = Omit<Block, "name" | "bytes"> & Making;

export function encodeBlockHead(): Buffer {
  const head = Buffer.alloc(BLOCK_HEAD);
  MAGIC.copy(head);
  head.writeUInt16LE(VERSION, 8);
  return head;
}

export function encodeFoot(foot: Foot): Buffer {
  const text = Buffer.from(JSON.stringify(foot));
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeUInt32LE(text.length, 0);
  trailer.writeUInt32LE(crc32(text), 4);
  MAGIC.copy(trailer, 8);
  return Buffer.concat([text, trailer]);
}

export type ReadAt = (at: number, length: number) => Buffer | Promise<Buffer>;

/** What a block file says of itself; undefined: it is none, or not whole. Throws `store_too_new`. */
export async function readFoot(size: number, read: ReadAt): Promise<{ block: Block; making: Making } | undefined> {
  if (size < BLOCK_HEAD + TRAILER) return undefined;
  const head = await read(0, BLOCK_HEAD);
  if (!head.subarray(0, 8).equals(MAGIC)) return undefined;
  if (head.readUInt16LE(8) > VERSION) throw tooNew(head.readUInt16LE(8));
  const trailer = await read(size - TRAILER, TRAILER);
  if (!trailer.subarray(8).equals(MAGIC)) return undefined;
  const length = trailer.readUInt32LE(0);
  if (length > LONGEST || length > size - BLOCK_HEAD - TRAILER) return undefined;
  const text = await read(size - TRAILER - length, length);
  if (crc32(text) !== trailer.readUInt32LE(4)) return undefined;
  const { replaces, sealed, made, ...rest } = JSON.parse(text.toString()) as Foot;
  if (!BLOCK_KINDS.includes(rest.kind)) throw new Failure("store_too_new", `A block of the unknown kind ${rest.kind}`);
  const name = blockName(rest.month, rest.kind, rest.sequence);
  return { block: { ...rest, name, bytes: size }, making: { replaces, sealed, made } };
}
