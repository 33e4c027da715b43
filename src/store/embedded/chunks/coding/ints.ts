import { takeVarint } from "../../format/bytes.ts";
import { putBits } from "./bits.ts";
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

const largest = (values: Float64Array): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > most) most = values[i] as number;
  return most;
};

const symbolsNeeded = ({ split, shown }: Split, most: number): number =>
  most < 2 ** split ? 1 : 2 ** split + (exponent(most) - split + 1) * 2 ** shown;

const counts = new Uint32Array(256);

function costWith(values: Float64Array, { split, shown }: Split): number {
  counts.fill(0);
  const direct = 2 ** split;
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let symbol = value;
    if (value >= direct) {
      const bits = exponent(value);
      const rest = bits - shown;
      symbol = direct + ((bits - split) << shown) + topOf(value, rest, shown);
      below += rest;
    }
    counts[symbol] = (counts[symbol] as number) + 1;
  }
  return costOf(counts) + below;
}

/** The `shown` bits after the first one. */
const topOf = (value: number, rest: number, shown: number): number =>
  (value < TWO_32 ? value >>> rest : Math.floor(value / 2 ** rest)) - 2 ** shown;

export function planInts(values: Float64Array): IntsPlan {
  const first = values[0];
  if (values.every((value) => value === first)) return { how: CONSTANT, cost: 32 };
  const most = largest(values);
  let best: IntsPlan = { how: NO_SUCH, cost: Number.POSITIVE_INFINITY };
  for (const [how, split] of SPLITS.entries()) {
    if (symbolsNeeded(split, most) > 256) continue;
    const cost = costWith(values, split);
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
  const { split, shown } = SPLITS[plan.how] as Split;
  const direct = 2 ** split;
  const symbols = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < direct) {
      symbols[i] = value;
      continue;
    }
    const bits = exponent(value);
    const rest = bits - shown;
    symbols[i] = direct + ((bits - split) << shown) + topOf(value, rest, shown);
    putBits(section.bits, value % 2 ** rest, rest);
  }
  section.runs.push(symbols);
}

export function readInts(section: SectionReader, count: number): Float64Array {
  const values = new Float64Array(count);
  if (count === 0) return values;
  const how = takeByte(section.plain);
  if (how === CONSTANT) return values.fill(takeVarint(section.plain));
  const found = SPLITS[how];
  must(found !== undefined, "numbers are written in an unknown way");
  const symbols = section.run(count);
  const { rests, bases } = tableOf(found);
  const { bits } = section;
  const { view, end } = bits;
  let at = bits.at;
  for (let i = 0; i < count; i++) {
    const symbol = symbols[i] as number;
    let value = bases[symbol] as number;
    let rest = rests[symbol] as number;
    if (rest > 0) {
      must(at + rest <= end, "the bits are too few");
      let scale = 1;
      while (rest > 24) {
        value += ((view.getUint32(at >>> 3, true) >>> (at & 7)) & 0xffffff) * scale;
        at += 24;
        scale *= 0x1000000;
        rest -= 24;
      }
      value += ((view.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << rest) - 1)) * scale;
      at += rest;
    }
    values[i] = value;
  }
  bits.at = at;
  return values;
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
export const unfold = (folded: number): number => (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2);
