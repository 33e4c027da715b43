import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { must } from "./malformed.ts";
import { decodeRans, encodeRans } from "./rans.ts";

/** Bytes, packed by whatever makes them shortest. The number says how, in the file too: new ones go to the end. */
export const PACKING = { raw: 0, rans: 1, zstd: 2 } as const;
export type Packed = { readonly how: number; readonly bytes: Uint8Array };

const ZSTD_LEVEL = 9;
/** A frame's own checksum would be a second one: the file has one over all of it. */
const ZSTD = {
  params: {
    [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
    [constants.ZSTD_c_checksumFlag]: 0,
    [constants.ZSTD_c_contentSizeFlag]: 0,
  },
};
/** Shorter ones gain nothing from a frame's head. */
const WORTH_ZSTD = 24;
const WORTH_RANS = 24;
/** What zstd must save, in bytes: it takes several times as long to read. */
const WORTH_WAITING = 16;

/** Node makes a buffer of this size for each call; its own is 64 kB, however little there is to do. */
const roomFor = (length: number): number => Math.max(64, length + 64);

export function packBytes(bytes: Uint8Array): Packed {
  if (bytes.length < WORTH_ZSTD) return { how: PACKING.raw, bytes };
  const packed = zstdCompressSync(bytes, { ...ZSTD, chunkSize: roomFor(bytes.length) });
  return packed.length < bytes.length ? { how: PACKING.zstd, bytes: packed } : { how: PACKING.raw, bytes };
}

export function packSymbols(symbols: Uint8Array, counts: Uint32Array): Packed {
  const other = packBytes(symbols);
  if (symbols.length < WORTH_RANS) return other;
  const bytes = encodeRans(symbols, counts);
  return bytes.length - other.bytes.length <= WORTH_WAITING ? { how: PACKING.rans, bytes } : other;
}

/** `length`: of what comes out; the caller has bounded it. */
export function unpack({ how, bytes }: Packed, length: number): Uint8Array {
  if (how === PACKING.rans) return decodeRans(bytes, length);
  if (how === PACKING.zstd) {
    const unpacked = zstdDecompressSync(bytes, {
      maxOutputLength: Math.max(1, length),
      // A length is what foreign bytes say: the room grows with what really comes out.
      chunkSize: roomFor(Math.min(length, 65_536)),
    });
    must(unpacked.length === length, "a part has another length");
    return unpacked;
  }
  must(how === PACKING.raw && bytes.length === length, "a part has another length");
  return bytes;
}

export function countSymbols(symbols: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as number;
    counts[symbol] = (counts[symbol] as number) + 1;
  }
  return counts;
}

const LOG2 = new Float64Array(4097);
for (let i = 1; i < LOG2.length; i++) LOG2[i] = Math.log2(i);
const log2 = (n: number): number => (n < LOG2.length ? (LOG2[n] as number) : Math.log2(n));

/** A symbol's line in a table, measured over the fixtures: about nine bits. */
export const TABLE_LINE = 9;
const TABLE_HEAD = 100;

/** What they would cost in bits, with a table of their own. */
export function costOf(counts: Uint32Array): number {
  let total = 0;
  let used = 0;
  let sum = 0;
  for (let symbol = 0; symbol < 256; symbol++) {
    const count = counts[symbol] as number;
    if (count === 0) continue;
    used++;
    total += count;
    sum += count * log2(count);
  }
  if (used <= 1) return total === 0 ? 0 : 16;
  return total * log2(total) - sum + used * TABLE_LINE + TABLE_HEAD;
}
