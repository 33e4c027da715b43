import { crc32 } from "node:zlib";
import { notStorable } from "../../shared/exact-json.ts";
import { type Bytes, reserve } from "./bytes.ts";

/**
 * A record: kind (1 byte), payload length (3, little endian), check of those four (1), CRC-32 of the payload (4),
 * payload. The check byte tells a wrong length from a record that was cut off. The CRC starts from the record's
 * position, so that a record is valid nowhere but where it was written.
 */
export const FRAME = 9;
export const MOST_PAYLOAD = 2 ** 24 - 1;

/**
 * ASCII letters, so that a dump can be read: Reading, Event, Gap, Series, sTatistic, full Attributes, Differing ones, an
 * amendment (X: what it says is crossed out), and the Void that an erased record leaves.
 */
export const KIND = {
  reading: 82,
  event: 69,
  gap: 71,
  series: 83,
  statistic: 84,
  attributes: 65,
  difference: 68,
  amendment: 88,
  void: 86,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
const KINDS: ReadonlySet<number> = new Set(Object.values(KIND));

/** Leaves room for the head; the payload follows. */
export function openFrame(bytes: Bytes): number {
  reserve(bytes, FRAME + 64);
  const start = bytes.at;
  bytes.at += FRAME;
  return start;
}

export function closeFrame(bytes: Bytes, start: number, kind: Kind, position: number): void {
  const { buffer, at } = bytes;
  const length = at - start - FRAME;
  if (length > MOST_PAYLOAD)
    throw notStorable(
      `An entry takes ${length} bytes; at most ${MOST_PAYLOAD} are kept`,
      "Leave out the large attribute",
    );
  buffer[start] = kind;
  buffer[start + 1] = length & 255;
  buffer[start + 2] = (length >>> 8) & 255;
  buffer[start + 3] = length >>> 16;
  buffer[start + 4] = headCheck(buffer, start);
  buffer.writeUInt32LE(checksum(buffer, start + FRAME, at, position), start + 5);
}

/** Odd factors: a change in any single byte changes the sum. */
const headCheck = (buffer: Buffer, at: number): number =>
  ((buffer[at] as number) +
    3 * (buffer[at + 1] as number) +
    5 * (buffer[at + 2] as number) +
    7 * (buffer[at + 3] as number) +
    90) &
  255;

export type FrameState = "good" | "bad" | "cut";

/** Whether a head stands at `at`, its payload aside. */
export const isHead = (buffer: Buffer, at: number): boolean =>
  KINDS.has(buffer[at] as number) && buffer[at + 4] === headCheck(buffer, at);

export const payloadLength = (buffer: Buffer, at: number): number =>
  (buffer[at + 1] as number) | ((buffer[at + 2] as number) << 8) | ((buffer[at + 3] as number) << 16);

/** `bad`: not what was written there; `cut`: the head is right, the rest lies beyond `limit`. */
export function frameAt(buffer: Buffer, at: number, limit: number, position: number): FrameState {
  if (at + FRAME > limit || !isHead(buffer, at)) return "bad";
  const end = at + FRAME + payloadLength(buffer, at);
  if (end > limit) return "cut";
  return buffer.readUInt32LE(at + 5) === checksum(buffer, at + FRAME, end, position) ? "good" : "bad";
}

const TABLE = makeTable();

/** The runtime's CRC-32 costs a call and a view; for the usual short record four table lookups a word are faster. */
function checksum(buffer: Buffer, from: number, to: number, position: number): number {
  const seed = position >>> 0;
  if (to - from > 200) return crc32(buffer.subarray(from, to), seed);
  let crc = ~seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    crc ^=
      (buffer[at] as number) |
      ((buffer[at + 1] as number) << 8) |
      ((buffer[at + 2] as number) << 16) |
      ((buffer[at + 3] as number) << 24);
    crc =
      (TABLE[768 + (crc & 255)] as number) ^
      (TABLE[512 + ((crc >>> 8) & 255)] as number) ^
      (TABLE[256 + ((crc >>> 16) & 255)] as number) ^
      (TABLE[crc >>> 24] as number);
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (buffer[at] as number)) & 255] as number);
  return ~crc >>> 0;
}

function makeTable(): Int32Array {
  const table = new Int32Array(1024);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[n] = c;
  }
  for (let i = 256; i < 1024; i++) {
    const before = table[i - 256] as number;
    table[i] = (before >>> 8) ^ (table[before & 255] as number);
  }
  return table;
}
