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

/** Eight bytes longer than what it holds, so that a reader need not look where the end is. */
export type BitReader = { readonly view: DataView; readonly end: number /** In bits. */; at: number };

export function createBitReader(source: Uint8Array): BitReader {
  const padded = Buffer.allocUnsafe(source.length + 8).fill(0, source.length);
  padded.set(source);
  return { view: new DataView(padded.buffer, padded.byteOffset, padded.length), end: source.length * 8, at: 0 };
}

export function takeBits(reader: BitReader, width: number): number {
  const value = bitsAt(reader.view, reader.at, width);
  reader.at += width;
  must(reader.at <= reader.end, "the bits are too few");
  return value;
}

/** At most 53. */
export function bitsAt(view: DataView, at: number, width: number): number {
  if (width > 24) return bitsAt(view, at, 24) + 0x1000000 * bitsAt(view, at + 24, width - 24);
  return (view.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << width) - 1);
}

/** Adds the next numbers of one width (at most 24), times `scale`, to what is in `target`. */
export function addBits(reader: BitReader, width: number, scale: number, target: Float64Array): void {
  const from = reader.at;
  reader.at += width * target.length;
  must(reader.at <= reader.end, "the bits are too few");
  addFrom(reader.view, from, width, scale, target);
}

function addFrom(view: DataView, from: number, width: number, scale: number, target: Float64Array): void {
  const mask = (1 << width) - 1;
  for (let i = 0, at = from; i < target.length; i++, at += width)
    target[i] = (target[i] as number) + ((view.getUint32(at >>> 3, true) >>> (at & 7)) & mask) * scale;
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
