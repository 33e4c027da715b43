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
 * Layout: table (its length in bytes before it, 2 bytes), the two states (4 bytes each), then words of 16 bits. States
 * are from 2^15 to below 2^31: what V8 can keep in a register as it is.
 */
const LOWEST = 2 ** 15;
const STATE_BITS = 31;
const ORDERS = 8;
const FINEST = 12;

/** In bits. A finer table costs more to write and to unfold than it saves on few symbols. */
const precisionFor = (count: number): number => (count >= 8192 ? 12 : count >= 1024 ? 11 : 10);

/** Frequencies that add up to 2^precision, none of a symbol that occurs being zero. */
function normalise(counts: Uint32Array, total: number, precision: number): Uint16Array {
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
  must(precision <= FINEST, "a table is too fine");
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
    if (moved >= frequency * 2 ** (STATE_BITS - precision)) {
      room[--at] = (moved >>> 8) & 255;
      room[--at] = moved & 255;
      moved >>= 16;
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
  const starts = fillSlots(frequencies);
  // Each symbol looks at the next word whether or not it needs one: a branch would be guessed wrong too often.
  const words = bytes.length - length - 10;
  const padded = Buffer.allocUnsafe(words + 8).fill(0, words);
  padded.set(bytes.subarray(length + 10));
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
  const states = new DataView(bytes.buffer, bytes.byteOffset + length + 2, 8);
  const symbols = Buffer.allocUnsafe(count);
  // Where the writer began is where the reader must end.
  must(decode(symbols, states, view, frequencies, starts, precision) === words, "symbols do not end where they should");
  return symbols;
}

/** Answers how far it has read; -1: not to where the writer began. */
function decode(
  symbols: Uint8Array,
  states: DataView,
  view: DataView,
  frequencies: Uint16Array,
  starts: Uint16Array,
  precision: number,
): number {
  let even = states.getInt32(0, true);
  let odd = states.getInt32(4, true);
  let at = 0;
  const mask = 2 ** precision - 1;
  const pairs = symbols.length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    const one = slots[even & mask] as number;
    const two = slots[odd & mask] as number;
    symbols[i] = one;
    symbols[i + 1] = two;
    even = (Math.imul(frequencies[one] as number, even >>> precision) + (even & mask) - (starts[one] as number)) | 0;
    odd = (Math.imul(frequencies[two] as number, odd >>> precision) + (odd & mask) - (starts[two] as number)) | 0;
    let below = (even - LOWEST) >> 31;
    even = (even << (below & 16)) | (view.getUint16(at, true) & below);
    at += below & 2;
    below = (odd - LOWEST) >> 31;
    odd = (odd << (below & 16)) | (view.getUint16(at, true) & below);
    at += below & 2;
  }
  if (pairs < symbols.length) {
    const last = slots[even & mask] as number;
    symbols[pairs] = last;
    even = (Math.imul(frequencies[last] as number, even >>> precision) + (even & mask) - (starts[last] as number)) | 0;
    const below = (even - LOWEST) >> 31;
    even = (even << (below & 16)) | (view.getUint16(at, true) & below);
    at += below & 2;
  }
  return even === LOWEST && odd === LOWEST ? at : -1;
}

/** The symbol of each slot. A buffer of its own for each call would cost as much as filling it. */
const slots = new Uint8Array(2 ** FINEST);

function fillSlots(frequencies: Uint16Array): Uint16Array {
  const starts = new Uint16Array(256);
  for (let symbol = 0, slot = 0; symbol < 256; symbol++) {
    const end = slot + (frequencies[symbol] as number);
    starts[symbol] = slot;
    if (end > slot) slots.fill(symbol, slot, end);
    slot = end;
  }
  return starts;
}
