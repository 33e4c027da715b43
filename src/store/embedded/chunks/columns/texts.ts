import type { StateColumn } from "../../../shared/columns.ts";
import { planInts, readInts, scratch, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte, takeCount } from "../coding/section.ts";
import { type Scaled, scale } from "./decimals.ts";
import { readNumbers, writeNumbers } from "./numbers.ts";
import { putWord, takeWord } from "./words.ts";

const FORM = { dictionary: 0, numbers: 1, numbersAndOthers: 2 } as const;
/** How places in a dictionary (in order of first appearance) are told: as they are, as steps round it, back from a new one. */
const PLACES = { direct: 0, round: 1, back: 2 } as const;

export function writeTexts(section: SectionWriter, texts: readonly (string | null)[]): void {
  const numbers = scale(texts);
  const { plain } = section;
  if (!numbers) {
    putByte(plain, FORM.dictionary);
    writeDictionary(section, texts);
    return;
  }
  putByte(plain, numbers.others.length === 0 ? FORM.numbers : FORM.numbersAndOthers);
  putByte(plain, numbers.decimals * 16 + numbers.least);
  if (numbers.others.length > 0) writeOthers(section, texts, numbers);
  const values = numbers.others.length > 0 ? numbers.values.filter((value) => !Number.isNaN(value)) : numbers.values;
  writeNumbers(section, values);
}

function writeOthers(section: SectionWriter, texts: readonly (string | null)[], { others }: Scaled): void {
  putCount(section.plain, others.length);
  let before = -1;
  const gaps = new Float64Array(others.length);
  for (const [i, row] of others.entries()) {
    gaps[i] = row - before - 1;
    before = row;
  }
  writeInts(section, gaps);
  writeDictionary(
    section,
    others.map((row) => texts[row] as string | null),
  );
}

export function readTexts(section: SectionReader, count: number): StateColumn {
  const { plain } = section;
  const form = takeByte(plain);
  if (form === FORM.dictionary) return { form: "texts", ...readDictionary(section, count) };
  must(form === FORM.numbers || form === FORM.numbersAndOthers, "texts are written in an unknown way");
  const spelling = takeByte(plain);
  const decimals = spelling >> 4;
  const least = spelling & 15;
  if (form === FORM.numbers)
    return { form: "scaled", values: readNumbers(section, count), decimals, least, exceptions: NO_EXCEPTIONS };
  const others = takeCount(plain, count);
  must(others > 0, "there are no exceptions");
  const gaps = readInts(section, others);
  const { dictionary, indexes } = readDictionary(section, others);
  const exceptions = new Map<number, string | null>();
  let row = -1;
  for (let i = 0; i < others; i++) {
    row += (gaps[i] as number) + 1;
    exceptions.set(row, dictionary[indexes[i] as number] as string | null);
  }
  must(row < count, "a row is beyond the last one");
  const values = new Float64Array(count);
  const numbers = readNumbers(section, count - others);
  for (let i = 0, at = 0; i < count; i++) values[i] = exceptions.has(i) ? Number.NaN : (numbers[at++] as number);
  return { form: "scaled", values, decimals, least, exceptions };
}

const NO_EXCEPTIONS: ReadonlyMap<number, string | null> = new Map();

/** Size, the words, then the places, unless there is only one. */
function writeDictionary(section: SectionWriter, texts: readonly (string | null)[]): void {
  const known = new Map<string | null, number>();
  const places = new Float64Array(texts.length);
  for (const [i, text] of texts.entries()) {
    let place = known.get(text);
    if (place === undefined) {
      place = known.size;
      known.set(text, place);
    }
    places[i] = place;
  }
  putCount(section.plain, known.size);
  for (const word of known.keys()) putWord(section.plain, word);
  writePlaces(section, places, known.size);
}

/** Places in a list of `size`, each new one the next of the list. */
export function writePlaces(section: SectionWriter, direct: Float64Array, size: number): void {
  if (size < 2) return;
  const back = new Float64Array(direct.length);
  const round = new Float64Array(direct.length);
  let known = 0;
  let before = 0;
  for (let i = 0; i < direct.length; i++) {
    const place = direct[i] as number;
    if (place === known) known++;
    else back[i] = known - place;
    round[i] = place >= before ? place - before : place - before + size;
    before = place;
  }
  const [first, ...others] = [direct, round, back].map((values, how) => ({ how, values, plan: planInts(values) }));
  const best = others.reduce((least, one) => (one.plan.cost < least.plan.cost ? one : least), first as Planned);
  putByte(section.plain, best.how);
  writeInts(section, best.values, best.plan);
}
type Planned = { readonly how: number; readonly values: Float64Array; readonly plan: ReturnType<typeof planInts> };

function readDictionary(section: SectionReader, count: number) {
  const { plain } = section;
  const size = takeCount(plain, count);
  must(count === 0 || size > 0, "a dictionary is empty");
  const dictionary = Array.from({ length: size }, () => takeWord(plain));
  return { dictionary, indexes: readPlaces(section, count, size) };
}

export function readPlaces(section: SectionReader, count: number, size: number): Uint32Array {
  const indexes = new Uint32Array(count);
  if (size < 2) return indexes;
  const how = takeByte(section.plain);
  must(how <= PLACES.back, "places are written in an unknown way");
  const places = readInts(section, count, scratch(count));
  let place = 0;
  let known = 0;
  for (let i = 0; i < count; i++) {
    const told = places[i] as number;
    if (how === PLACES.direct) place = told;
    else if (how === PLACES.round) place = (place + told) % size;
    else if (told === 0) place = known++;
    else place = known - told;
    must(place >= 0 && place < size, "a place is not in the dictionary");
    indexes[i] = place;
  }
  return indexes;
}
