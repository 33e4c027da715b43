import type { Context } from "../../../../domain/data/reading.ts";
import { stateText } from "../../../shared/columns.ts";
import { createBytes } from "../../format/bytes.ts";
import { ID, putUlid, takeUlid } from "../../format/ids.ts";
import { putBits, takeBits } from "../coding/bits.ts";
import { fold, readInts, unfold, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte, takeCount } from "../coding/section.ts";
import { readPlaces, readTexts, writePlaces, writeTexts } from "./texts.ts";
import { putWord, takeWord } from "./words.ts";

/**
 * Contexts: a list of those that differ, in order of their first rows, and places in it. A ULID begins with the
 * milliseconds when it was made, mostly those of its row: only the difference is kept, and its ten bytes of chance.
 */
const FORM = { none: 0, some: 1 } as const;

export function writeContexts(
  section: SectionWriter,
  contexts: readonly (Context | null)[],
  times: Float64Array,
): void {
  if (contexts.every((context) => context === null)) {
    putByte(section.plain, FORM.none);
    return;
  }
  const known = new Map<string, { place: number; context: Context | null; time: number }>();
  const places = new Float64Array(contexts.length);
  for (const [i, context] of contexts.entries()) {
    const key = context ? JSON.stringify([context.id, context.parentId, context.userId]) : "";
    let found = known.get(key);
    if (!found) {
      found = { place: known.size, context, time: times[i] as number };
      known.set(key, found);
    }
    places[i] = found.place;
  }
  const list = [...known.values()];
  putByte(section.plain, FORM.some);
  putCount(section.plain, list.length);
  writePlaces(section, places, list.length);
  const none = list.findIndex(({ context }) => context === null);
  putCount(section.plain, none + 1);
  const kept = list.filter(({ context }) => context !== null) as { context: Context; time: number }[];
  const millis = kept.map(({ time }) => Math.floor(time / 1000));
  writeIds(
    section,
    kept.map(({ context }) => context.id),
    millis,
  );
  writeIds(
    section,
    kept.map(({ context }) => context.parentId),
    millis,
  );
  writeTexts(
    section,
    kept.map(({ context }) => context.userId),
  );
}

export function readContexts(section: SectionReader, times: Float64Array): (row: number) => Context | null {
  const { plain } = section;
  const form = takeByte(plain);
  if (form === FORM.none) return () => null;
  must(form === FORM.some, "contexts are written in an unknown way");
  const count = times.length;
  const size = takeCount(plain, count);
  must(size > 0, "contexts are missing");
  const places = readPlaces(section, count, size);
  const none = takeCount(plain, size) - 1;
  const first = new Float64Array(size);
  for (let i = count - 1; i >= 0; i--) first[places[i] as number] = times[i] as number;
  const kept = [...first.keys()].filter((place) => place !== none);
  const millis = kept.map((place) => Math.floor((first[place] as number) / 1000));
  const ids = readIds(section, millis);
  const parents = readIds(section, millis);
  const users = readTexts(section, kept.length);
  const list = new Array<Context | null>(size).fill(null);
  for (const [i, place] of kept.entries())
    list[place] = { id: ids[i] ?? "", parentId: parents[i] ?? null, userId: stateText(users, i) };
  return (row) => list[places[row] as number] as Context | null;
}

/** 128 bits: 48 of time, 80 of chance. */
const scratch = createBytes(16);

function writeIds(section: SectionWriter, ids: readonly (string | null)[], millis: readonly number[]): void {
  const late: number[] = [];
  const words: string[] = [];
  const chance: number[] = [];
  const forms = Float64Array.from(ids, (id, i) => {
    if (id === null) return ID.none;
    scratch.at = 0;
    if (id.length !== 26 || putUlid(scratch, id) !== ID.short) {
      words.push(id);
      return ID.text;
    }
    late.push(fold((millis[i] as number) - scratch.buffer.readUIntBE(0, 6)));
    chance.push(...scratch.buffer.subarray(6, 16));
    return ID.short;
  });
  writeInts(section, forms);
  writeInts(section, Float64Array.from(late));
  for (const word of words) putWord(section.plain, word);
  for (const byte of chance) putBits(section.bits, byte, 8);
}

function readIds(section: SectionReader, millis: readonly number[]): (string | null)[] {
  const forms = readInts(section, millis.length);
  const late = readInts(section, forms.filter((form) => form === ID.short).length);
  const words = forms.filter((form) => form === ID.text);
  const texts = Array.from(words, () => takeWord(section.plain));
  let nextText = 0;
  let nextLate = 0;
  return millis.map((milli, i) => {
    const form = forms[i];
    if (form === ID.none) return null;
    if (form === ID.text) return texts[nextText++] ?? null;
    must(form === ID.short, "an id is written in an unknown way");
    const made = milli - unfold(late[nextLate++] as number);
    must(made >= 0 && made < 2 ** 48, "an id is older than time");
    scratch.buffer.writeUIntBE(made, 0, 6);
    for (let at = 6; at < 16; at++) scratch.buffer[at] = takeBits(section.bits, 8);
    scratch.at = 0;
    return takeUlid(scratch, ID.short);
  });
}
