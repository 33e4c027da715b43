import { Failure } from "../../../domain/failure.ts";

const ESCAPE = [0x1b, 0x1b, 0x1b, 0x1b];
const START = [0x01, 0x01, 0x01, 0x01];
const END = 0x1a;
/** So many damaged ones in a row are no matter of luck. */
const MOST_DAMAGED = 3;

const isAt = (bytes: Uint8Array, at: number, wanted: readonly number[]): boolean =>
  wanted.every((byte, i) => bytes[at + i] === byte);

/** What stands between the beginning and the end of each transmission; undefined where its checksum is another one. */
function framesIn(bytes: Uint8Array): (Uint8Array | undefined)[] {
  const frames: (Uint8Array | undefined)[] = [];
  let begin: number | undefined;
  let content: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== ESCAPE[0] || !isAt(bytes, at, ESCAPE)) {
      if (begin !== undefined) content.push(bytes[at] as number);
      at++;
      continue;
    }
    const next = at + 4;
    // What was cut off is followed by another beginning.
    if (isAt(bytes, next, START)) {
      begin = at;
      content = [];
    } else if (begin !== undefined && isAt(bytes, next, ESCAPE)) content.push(...ESCAPE);
    else if (begin !== undefined && bytes[next] === END && next + 4 <= bytes.length) {
      const sum = (bytes[next + 2] as number) | ((bytes[next + 3] as number) << 8);
      frames.push(sum === sumOf(bytes.subarray(begin, next + 2)) ? Uint8Array.from(content) : undefined);
      begin = undefined;
    } else {
      at++;
      continue;
    }
    at = next + 4;
  }
  return frames;
}

/** CRC-16/X-25. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0x8408 : sum >> 1;
  }
  return sum ^ 0xffff;
}

/** Whether a port has said enough: one sound transmission, or so many damaged ones that it is hopeless. */
export function isFrameIn(bytes: Uint8Array): boolean {
  const frames = framesIn(bytes);
  return frames.length >= MOST_DAMAGED || frames.some((frame) => frame !== undefined);
}

/**
 * The last sound transmission.
 *
 * @throws Failure `changed_shape` (there is none), `damaged` (its checksum is another one)
 */
export function readFrame(bytes: Uint8Array): Uint8Array {
  const frames = framesIn(bytes);
  const frame = frames.findLast((one) => one !== undefined);
  if (frame) return frame;
  if (frames.length === 0)
    throw new Failure("changed_shape", "What the reader says is no whole SML transmission of a meter", {
      fix: "Check the address, and that the reader hands on the meter's bytes as they are.",
    });
  throw new Failure("damaged", "The meter's transmission came damaged: its checksum is another one", {
    retry: true,
    fix: "If it stays so, check how the reader sits on the meter.",
  });
}
