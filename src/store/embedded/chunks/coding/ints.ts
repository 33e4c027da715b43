import { takeVarint } from "../../format/bytes.ts";
import { bitsAt, putBits } from "./bits.ts";
import { must } from "./malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte } from "./section.ts";
import { costOf } from "./symbols.ts";

/**
 * Whole numbers from 0 to 2^53 as a symbol each (coded) and the bits below it (as they are). Numbers below 2^split are
 * symbols themselves; of a larger one the symbol says how many bits it has and the first few of them. The more bits the
 * symbol says, the better the coder sees how the numbers are spread, and the longer is its table: what is best is tried.
 */
type Split = { readonly split: number; readonly shown: number };
const SPLITS: readonly Split[] = [
  { split: 1, shown: 0 },
  { split: 2, shown: 1 },
  { split: 4, shown: 1 },
  { split: 4, shown: 2 },
  { split: 5, shown: 3 },
  { split: 6, shown: 2 },
  { split: 7, shown: 1 },
  { split: 7, shown: 3 },
];
const CONSTANT = SPLITS.length;
const NO_SUCH = 64;

export type IntsPlan = { readonly how: number /** In bits, about. */; readonly cost: number };

const TWO_32 = 2 ** 32;
/** Bits that a number of at least 1 has, less one. */
const exponent = (value: number): number =>
  value < TWO_32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / TWO_32));

/** The finest way of all. What a coarser one would cost follows from how often its symbols come. */
const FINE: Split = { split: 7, shown: 3 };
const FINE_SYMBOLS = 512;

const symbolOf = (value: number, { split, shown }: Split): number => {
  if (value < 2 ** split) return value;
  const bits = exponent(value);
  return 2 ** split + ((bits - split) << shown) + topOf(value, bits - shown, shown);
};

/** The `shown` bits after the first one. */
const topOf = (value: number, rest: number, shown: number): number =>
  (value < TWO_32 ? value >>> rest : Math.floor(value / 2 ** rest)) - 2 ** shown;

/** For each way and each fine symbol: the symbol of that way. */
const COARSER = SPLITS.map((split) =>
  Uint16Array.from({ length: FINE_SYMBOLS }, (_, fine) => Math.min(FINE_SYMBOLS - 1, symbolOf(leastOf(fine), split))),
);

function leastOf(fine: number): number {
  const past = fine - 2 ** FINE.split;
  if (past < 0) return fine;
  const top = 2 ** FINE.shown + (past & (2 ** FINE.shown - 1));
  return top * 2 ** Math.min(53, FINE.split + (past >> FINE.shown) - FINE.shown);
}

const fineCounts = new Uint32Array(FINE_SYMBOLS);
const coarseCounts = new Uint32Array(FINE_SYMBOLS);

export function planInts(values: Float64Array): IntsPlan {
  fineCounts.fill(0);
  const first = values[0] as number;
  let same = true;
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value !== first) same = false;
    const symbol = symbolOf(value, FINE);
    if (symbol > last) last = symbol;
    fineCounts[symbol] = (fineCounts[symbol] as number) + 1;
  }
  if (same) return { how: CONSTANT, cost: 32 };
  let best: IntsPlan = { how: NO_SUCH, cost: Number.POSITIVE_INFINITY };
  for (let how = 0; how < SPLITS.length; how++) {
    const coarser = COARSER[how] as Uint16Array;
    if ((coarser[last] as number) > 255) continue;
    const { rests } = tableOf(SPLITS[how] as Split);
    coarseCounts.fill(0);
    let below = 0;
    for (let fine = 0; fine <= last; fine++) {
      const count = fineCounts[fine] as number;
      if (count === 0) continue;
      const symbol = coarser[fine] as number;
      coarseCounts[symbol] = (coarseCounts[symbol] as number) + count;
      below += count * (rests[symbol] as number);
    }
    const cost = costOf(coarseCounts) + below;
    if (cost < best.cost) best = { how, cost };
  }
  return best;
}

export function writeInts(section: SectionWriter, values: Float64Array, plan = planInts(values)): void {
  if (values.length === 0) return;
  putByte(section.plain, plan.how);
  if (plan.how === CONSTANT) {
    putCount(section.plain, values[0] as number);
    return;
  }
  const split = SPLITS[plan.how] as Split;
  const { rests, bases } = tableOf(split);
  const symbols = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const symbol = symbolOf(value, split);
    symbols[i] = symbol;
    const rest = rests[symbol] as number;
    if (rest > 0) putBits(section.bits, value - (bases[symbol] as number), rest);
  }
  section.runs.push(symbols);
}

/** Arrays for what is needed only until the next column is read: a new one costs as much as decoding into it. */
const scratches = [new Float64Array(4096), new Float64Array(4096)] as const;
export const scratch = (count: number, which: 0 | 1 = 0): Float64Array =>
  count <= scratches[which].length ? scratches[which] : new Float64Array(count);

/** `into` may be longer: what is behind `count` stays as it was. */
export function readInts(section: SectionReader, count: number, into?: Float64Array): Float64Array {
  const values = into ?? new Float64Array(count);
  if (count === 0) return values;
  const how = takeByte(section.plain);
  if (how === CONSTANT) return values.fill(takeVarint(section.plain), 0, count);
  const found = SPLITS[how];
  must(found !== undefined, "numbers are written in an unknown way");
  const symbols = section.run(count);
  const { bits } = section;
  bits.at = join(symbols, tableOf(found), bits.view, bits.at, values);
  must(bits.at <= bits.end, "the bits are too few");
  return values;
}

/**
 * Puts symbols and bits together and answers where the bits end. A function of its own that ends with its loop: V8
 * compiles it while it runs, and would throw that away at the first line behind the loop.
 */
function join(
  symbols: Uint8Array,
  { rests, bases }: Table,
  view: DataView,
  from: number,
  values: Float64Array,
): number {
  let at = from;
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as number;
    const rest = rests[symbol] as number;
    let value = bases[symbol] as number;
    if (rest > 0) {
      // Past the end there are eight bytes of nothing, then the view throws.
      value += (view.getUint32(at >>> 3, true) >>> (at & 7)) & (rest < 24 ? (1 << rest) - 1 : 0xffffff);
      if (rest > 24) value += 0x1000000 * bitsAt(view, at + 24, rest - 24);
      at += rest;
    }
    values[i] = value;
  }
  return at;
}

type Table = { readonly rests: Uint8Array; readonly bases: Float64Array };
const tables = new Map<Split, Table>();

/** Per symbol: the bits that follow, and what the number is without them. */
function tableOf(how: Split): Table {
  const known = tables.get(how);
  if (known) return known;
  const { split, shown } = how;
  const direct = 2 ** split;
  const made = { rests: new Uint8Array(256), bases: new Float64Array(256) };
  for (let symbol = 0; symbol < 256; symbol++) {
    const past = symbol - direct;
    // No number has more than 53 bits; a symbol that says so is not ours, and gives whatever it gives.
    const rest = Math.min(53, split + (past >> shown) - shown);
    made.rests[symbol] = past < 0 ? 0 : rest;
    made.bases[symbol] = past < 0 ? symbol : (2 ** shown + (past & (2 ** shown - 1))) * 2 ** rest;
  }
  tables.set(how, made);
  return made;
}

/** 0, -1, 1, -2 … become 0, 1, 2, 3 … */
export const fold = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
export const unfold = (folded: number): number => {
  if (folded < 0x40000000) return (folded >>> 1) ^ -(folded & 1);
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
};
