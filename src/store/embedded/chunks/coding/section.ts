import { type Bytes, createBytes, putVarint, reserve, takeVarint } from "../../format/bytes.ts";
import { type BitReader, type BitWriter, bitsWritten, createBitReader, createBitWriter } from "./bits.ts";
import { must } from "./malformed.ts";
import { costOf, countSymbols, PACKING, packBytes, packSymbols, TABLE_LINE, unpack } from "./symbols.ts";

/**
 * One part of a pack, written and read from front to back: `plain` takes what is rare or text, `run` takes columns of
 * bytes, `bits` what no coder can shorten. Runs that look alike are coded together, with one table for all of them.
 */
export type SectionWriter = { readonly plain: Bytes; readonly bits: BitWriter; readonly runs: Uint8Array[] };

export const createSectionWriter = (): SectionWriter => ({
  plain: createBytes(256),
  bits: createBitWriter(),
  runs: [],
});

export type SectionReader = {
  readonly plain: Bytes;
  readonly bits: BitReader;
  /** The next `count` symbols. */
  run(count: number): Uint8Array;
};

/** No pack of ours comes near; whoever reads foreign bytes is not made to take more memory than this. */
const MOST_SYMBOLS = 2 ** 24;
export const MOST_PLAIN = 2 ** 28;
const MOST_GROUPS = 12;

type Group = { counts: Uint32Array; total: number; readonly runs: Uint8Array[] };

/** What a run would cost in bits with the table of a group that takes it in. */
function costWith(group: Group, used: readonly number[], counts: Uint32Array, length: number): number {
  const all = Math.log2(group.total + length);
  let bits = 0;
  for (const symbol of used) {
    const before = group.counts[symbol] as number;
    const here = counts[symbol] as number;
    bits += here * (all - Math.log2(before + here)) + (before === 0 ? TABLE_LINE : 0);
  }
  return bits;
}

function groupRuns(runs: readonly Uint8Array[]): { groups: Group[]; chosen: Uint8Array } {
  const groups: Group[] = [];
  const chosen = new Uint8Array(runs.length);
  for (const [i, run] of runs.entries()) {
    const counts = countSymbols(run);
    const used: number[] = [];
    for (let symbol = 0; symbol < 256; symbol++) if ((counts[symbol] as number) > 0) used.push(symbol);
    let least = groups.length < MOST_GROUPS ? costOf(counts) : Number.POSITIVE_INFINITY;
    let best = groups.length;
    for (const [at, group] of groups.entries()) {
      const cost = costWith(group, used, counts, run.length);
      if (cost < least) [least, best] = [cost, at];
    }
    chosen[i] = best;
    const group = groups[best];
    if (group === undefined) groups.push({ counts, total: run.length, runs: [run] });
    else {
      for (const symbol of used) group.counts[symbol] = (group.counts[symbol] as number) + (counts[symbol] as number);
      group.total += run.length;
      group.runs.push(run);
    }
  }
  return { groups, chosen };
}

/** Lengths and ways of packing first, then the parts. */
export function closeSection({ plain, bits, runs }: SectionWriter): Buffer {
  const { groups, chosen } = groupRuns(runs);
  const head = createBytes(64 + 16 * groups.length);
  const parts: Uint8Array[] = [];
  const put = (length: number, { how, bytes }: { how: number; bytes: Uint8Array }) => {
    putVarint(head, length);
    if (length === 0) return;
    putVarint(head, how === PACKING.raw ? 0 : bytes.length * 4 + how);
    parts.push(bytes);
  };
  if (plain.at > MOST_PLAIN) throw new RangeError(`Texts of ${plain.at} bytes do not fit one pack`);
  put(plain.at, packBytes(plain.buffer.subarray(0, plain.at)));
  const raw = bitsWritten(bits);
  putVarint(head, raw.length);
  parts.push(raw);
  putVarint(head, groups.length);
  for (const group of groups) {
    const symbols = group.runs.length === 1 ? (group.runs[0] as Uint8Array) : Buffer.concat(group.runs);
    put(symbols.length, packSymbols(symbols, group.counts));
  }
  if (groups.length > 1) put(chosen.length, packSymbols(chosen, countSymbols(chosen)));
  return Buffer.concat([head.buffer.subarray(0, head.at), ...parts]);
}

type Part = { readonly length: number; readonly how: number; readonly bytes: Uint8Array };

/** `section` holds the section and nothing else. */
export function openSection(section: Buffer): SectionReader {
  const head: Bytes = { buffer: section, at: 0 };
  const lengths: { length: number; how: number; size: number }[] = [];
  const take = (most: number) => {
    const length = takeVarint(head);
    const packed = length === 0 ? 0 : takeVarint(head);
    const size = packed === 0 ? length : Math.floor(packed / 4);
    must(length <= most && size <= section.length, "a part is too long");
    return { length, how: packed % 4, size };
  };
  lengths.push(take(MOST_PLAIN));
  const raw = takeVarint(head);
  lengths.push({ length: raw, how: PACKING.raw, size: raw });
  const count = takeVarint(head);
  must(count <= MOST_GROUPS, "there are too many groups");
  for (let i = 0; i < count; i++) lengths.push(take(MOST_SYMBOLS));
  if (count > 1) lengths.push(take(MOST_SYMBOLS));
  let at = head.at;
  const [plain, bits, ...others] = lengths.map(({ length, how, size }): Part => {
    const bytes = section.subarray(at, at + size);
    must(bytes.length === size, "a part is cut off");
    at += size;
    return { length, how, bytes };
  }) as [Part, Part, ...Part[]];
  must(at === section.length, "something follows the last part");
  const chosen = count > 1 ? unpackPart(others.pop() as Part) : undefined;
  const groups = others.map((part) => ({ part, symbols: undefined as Uint8Array | undefined, at: 0 }));
  let next = 0;
  return {
    plain: { buffer: Buffer.from(unpackPart(plain)), at: 0 },
    bits: createBitReader(bits.bytes),
    run: (length) => {
      const group = groups[chosen === undefined ? 0 : (chosen[next++] as number)];
      must(group !== undefined, "a run is missing");
      group.symbols ??= unpackPart(group.part);
      const from = group.at;
      group.at += length;
      must(group.at <= group.symbols.length, "a run is too long");
      return group.symbols.subarray(from, group.at);
    },
  };
}

const unpackPart = ({ length, how, bytes }: Part): Uint8Array => unpack({ how, bytes }, length);

/** A number that says how much follows; nothing of ours is larger than what is left to say it with. */
export function takeCount(plain: Bytes, most: number): number {
  const count = takeVarint(plain);
  must(count <= most && plain.at <= plain.buffer.length, "a number is too large");
  return count;
}

export function takeByte(plain: Bytes): number {
  must(plain.at < plain.buffer.length, "it ends too early");
  return plain.buffer[plain.at++] as number;
}

export function putByte(plain: Bytes, value: number): void {
  reserve(plain, 1);
  plain.buffer[plain.at++] = value;
}

export function putCount(plain: Bytes, value: number): void {
  reserve(plain, 8);
  putVarint(plain, value);
}
