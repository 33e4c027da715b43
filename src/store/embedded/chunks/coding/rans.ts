import {
  bitsWritten,
  createBitReader,
  createBitWriter,
  golombBits,
  putBits,
  putGolomb,
  takeBits,
  takeGolomb,
} from "./bits.ts";
import { must } from "./malformed.ts";

/**
 * An entropy coder for bytes with a fixed table of frequencies (range asymmetric numeral systems): a byte costs what
 * its frequency is worth, fractions of bits included, and reading one back is a look-up and a multiplication. Two
 * states take turns, so that the processor can work on both.
 *
 * Layout: table (its length in bytes before it, 2 bytes), the two states (4 bytes each), then words of 16 bits.
 */
const LOWEST = 2 ** 16;
const ORDERS = 8;

export const precisionFor = (count: number): number => (count >= 2048 ? 12 : count >= 256 ? 11 : 10);

/** Frequencies that add up to 2^precision, none of a symbol that occurs being zero. */
export function normalise(counts: Uint32Array, total: number, precision: number): Uint16Array {
  const size = 2 ** precision;
  const frequencies = new Uint16Array(256);
  let sum = 0;
  for (let symbol = 0; symbol < 256; symbol++) {
    const count = counts[symbol] as number;
    if (count === 0) continue;
    sum += frequencies[symbol] = Math.max(1, Math.round((count * size) / total));
  }
  // Rounding gave too much or too little: it goes where a step costs the fewest bits.
  while (sum !== size) {
    const step = sum > size ? -1 : 1;
    let cheapest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let symbol = 0; symbol < 256; symbol++) {
      const frequency = frequencies[symbol] as number;
      if (frequency === 0 || frequency + step < 1) continue;
      const bits = (counts[symbol] as number) * Math.log2(frequency / (frequency + step));
      if (bits < least) [least, cheapest] = [bits, symbol];
    }
    frequencies[cheapest] = (frequencies[cheapest] as number) + step;
    sum += step;
  }
  return frequencies;
}

function writeTable(frequencies: Uint16Array, precision: number): Uint8Array {
  const used: number[] = [];
  for (let symbol = 0; symbol < 256; symbol++) if (frequencies[symbol]) used.push(symbol);
  let order = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let tried = 0; tried < ORDERS; tried++) {
    const bits = used.reduce((sum, symbol) => sum + golombBits((frequencies[symbol] as number) - 1, tried), 0);
    if (bits < fewest) [fewest, order] = [bits, tried];
  }
  const writer = createBitWriter();
  putBits(writer, precision - 8, 3);
  putBits(writer, order, 3);
  putBits(writer, used.length - 1, 8);
  let before = -1;
  for (const [i, symbol] of used.entries()) {
    putGolomb(writer, symbol - before - 1, 0);
    before = symbol;
    if (i < used.length - 1) putGolomb(writer, (frequencies[symbol] as number) - 1, order);
  }
  return bitsWritten(writer);
}

function readTable(bytes: Uint8Array): { frequencies: Uint16Array; precision: number } {
  const reader = createBitReader(bytes);
  const precision = takeBits(reader, 3) + 8;
  const order = takeBits(reader, 3);
  const used = takeBits(reader, 8) + 1;
  must(precision <= 12, "a table is too fine");
  const frequencies = new Uint16Array(256);
  let left = 2 ** precision;
  let symbol = -1;
  for (let i = 0; i < used; i++) {
    symbol += takeGolomb(reader, 0) + 1;
    const frequency = i < used - 1 ? takeGolomb(reader, order) + 1 : left;
    must(symbol < 256 && frequency >= 1 && frequency <= left, "a table does not add up");
    frequencies[symbol] = frequency;
    left -= frequency;
  }
  must(left === 0, "a table does not add up");
  return { frequencies, precision };
}

export function encodeRans(symbols: Uint8Array, counts: Uint32Array): Uint8Array {
  const precision = precisionFor(symbols.length);
  const size = 2 ** precision;
  const frequencies = normalise(counts, symbols.length, precision);
  const starts = new Uint16Array(256);
  for (let symbol = 0, at = 0; symbol < 256; at += frequencies[symbol++] as number) starts[symbol] = at;
  const table = writeTable(frequencies, precision);
  const room = new Uint8Array(table.length + 10 + 2 * symbols.length + 2);
  let at = room.length;
  let state = LOWEST;
  let other = LOWEST;
  for (let i = symbols.length - 1; i >= 0; i--) {
    const symbol = symbols[i] as number;
    const frequency = frequencies[symbol] as number;
    // Odd places belong to the one state, even places to the other; they change sides with every symbol.
    let moved = i & 1 ? other : state;
    if (moved >= frequency * 2 ** (32 - precision)) {
      room[--at] = (moved >>> 8) & 255;
      room[--at] = moved & 255;
      moved >>>= 16;
    }
    const times = Math.floor(moved / frequency);
    moved = times * size + (moved - times * frequency) + (starts[symbol] as number);
    if (i & 1) other = moved;
    else state = moved;
  }
  const head = table.length + 10;
  room[0] = table.length & 255;
  room[1] = table.length >>> 8;
  room.set(table, 2);
  const view = new DataView(room.buffer);
  view.setUint32(table.length + 2, state, true);
  view.setUint32(table.length + 6, other, true);
  room.copyWithin(head, at);
  return room.subarray(0, head + room.length - at);
}

export function decodeRans(bytes: Uint8Array, count: number): Uint8Array {
  must(bytes.length >= 10, "symbols are cut off");
  const length = (bytes[0] as number) | ((bytes[1] as number) << 8);
  must(bytes.length >= length + 10, "symbols are cut off");
  const { frequencies, precision } = readTable(bytes.subarray(2, 2 + length));
  // Per slot: symbol (8 bits), frequency - 1 (12), place within the symbol's slots (12).
  const slots = new Uint32Array(2 ** precision);
  for (let symbol = 0, slot = 0; symbol < 256; symbol++) {
    const frequency = frequencies[symbol] as number;
    for (let within = 0; within < frequency; within++)
      slots[slot++] = ((symbol << 24) | ((frequency - 1) << 12) | within) >>> 0;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let state = view.getUint32(length + 2, true);
  let other = view.getUint32(length + 6, true);
  let at = length + 10;
  const { length: end } = bytes;
  const mask = 2 ** precision - 1;
  const symbols = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const slot = slots[state & mask] as number;
    symbols[i] = slot >>> 24;
    let next = (Math.imul(((slot >>> 12) & 4095) + 1, state >>> precision) + (slot & 4095)) >>> 0;
    if (next < LOWEST) {
      must(at + 1 < end, "symbols are cut off");
      next = ((next << 16) | (bytes[at] as number) | ((bytes[at + 1] as number) << 8)) >>> 0;
      at += 2;
    }
    state = other;
    other = next;
  }
  // Where the writer began is where the reader must end.
  must(state === LOWEST && other === LOWEST && at === end, "symbols do not end where they should");
  return symbols;
}
