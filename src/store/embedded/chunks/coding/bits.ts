import { must } from "./malformed.ts";

/** Whole numbers of known width one behind the other, lowest bit first. */
export type BitWriter = { bytes: Uint8Array /** In bits. */; at: number };

export const createBitWriter = (): BitWriter => ({ bytes: new Uint8Array(256), at: 0 });

/** `width` is at most 53. */
export function putBits(writer: BitWriter, value: number, width: number): void {
  let rest = value;
  let left = width;
  while (left > 24) {
    putFew(writer, rest % 2 ** 24, 24);
    rest = Math.floor(rest / 2 ** 24);
    left -= 24;
  }
  if (left > 0) putFew(writer, rest, left);
}

function putFew(writer: BitWriter, value: number, width: number): void {
  let byte = writer.at >>> 3;
  if (byte + 8 > writer.bytes.length) {
    const grown = new Uint8Array(writer.bytes.length * 2);
    grown.set(writer.bytes);
    writer.bytes = grown;
  }
  const { bytes } = writer;
  // Up to 24 bits behind up to 7 bits fit 31.
  let held = (bytes[byte] as number) | (value << (writer.at & 7));
  writer.at += width;
  for (const end = writer.at >>> 3; byte <= end; byte++) {
    bytes[byte] = held & 255;
    held >>>= 8;
  }
}

export const bitsWritten = ({ bytes, at }: BitWriter): Uint8Array => bytes.subarray(0, Math.ceil(at / 8));

/** Four bytes longer than what it holds, so that a reader need not look where the end is. */
export type BitReader = { readonly view: DataView; readonly end: number /** In bits. */; at: number };

export function createBitReader(source: Uint8Array): BitReader {
  const padded = new Uint8Array(source.length + 8);
  padded.set(source);
  return { view: new DataView(padded.buffer), end: source.length * 8, at: 0 };
}

export function takeBits(reader: BitReader, width: number): number {
  let value = 0;
  let scale = 1;
  let left = width;
  must(reader.at + width <= reader.end, "the bits are too few");
  while (left > 24) {
    value += takeFew(reader, 24) * scale;
    scale *= 2 ** 24;
    left -= 24;
  }
  return value + takeFew(reader, left) * scale;
}

function takeFew(reader: BitReader, width: number): number {
  const { at } = reader;
  reader.at = at + width;
  return (reader.view.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << width) - 1);
}

/** Exponential Golomb codes: small numbers in few bits. `order`: how many low bits stand by themselves. */
export function putGolomb(writer: BitWriter, value: number, order: number): void {
  const high = (value >>> order) + 1;
  const length = 32 - Math.clz32(high);
  putBits(writer, 0, length - 1);
  putBits(writer, 1, 1);
  putBits(writer, high - 2 ** (length - 1), length - 1);
  putBits(writer, value & ((1 << order) - 1), order);
}

export function takeGolomb(reader: BitReader, order: number): number {
  let length = 0;
  while (takeBits(reader, 1) === 0) must(++length <= 16, "a number is too long");
  const high = 2 ** length + takeBits(reader, length) - 1;
  return high * 2 ** order + takeBits(reader, order);
}

export const golombBits = (value: number, order: number): number =>
  2 * (32 - Math.clz32((value >>> order) + 1)) - 1 + order;
