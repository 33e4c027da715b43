import { FLAWS, type Flaw, ORIGINS, type Origin } from "../../../../domain/data/reading.ts";
import { must } from "../coding/malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte, takeCount } from "../coding/section.ts";
import { readPlaces, writePlaces } from "./texts.ts";

/** How a reading came and what was found of it: few combinations, so a list of them and places in it. */
export type Marks = { readonly origin: Origin; readonly timeIsArrival: boolean; readonly flaws: readonly Flaw[] };

const ARRIVAL = 8;
const MOST_FLAWS = 1024;

export function writeMarks(section: SectionWriter, rows: readonly Marks[]): void {
  const { plain } = section;
  const known = new Map<string, { place: number; marks: Marks }>();
  const places = new Float64Array(rows.length);
  let before: Marks | undefined;
  for (const [i, marks] of rows.entries()) {
    const same =
      before !== undefined &&
      before.origin === marks.origin &&
      before.timeIsArrival === marks.timeIsArrival &&
      before.flaws.length === 0 &&
      marks.flaws.length === 0;
    before = marks;
    if (same) {
      places[i] = places[i - 1] as number;
      continue;
    }
    const key = `${marks.origin} ${marks.timeIsArrival} ${marks.flaws.join()}`;
    let found = known.get(key);
    if (!found) {
      found = { place: known.size, marks };
      known.set(key, found);
    }
    places[i] = found.place;
  }
  putCount(plain, known.size);
  for (const { marks } of known.values()) {
    putByte(plain, ORIGINS.indexOf(marks.origin) + (marks.timeIsArrival ? ARRIVAL : 0));
    putCount(plain, marks.flaws.length);
    for (const flaw of marks.flaws) putByte(plain, FLAWS.indexOf(flaw));
  }
  writePlaces(section, places, known.size);
}

export function readMarks(section: SectionReader, count: number): (row: number) => Marks {
  const { plain } = section;
  const size = takeCount(plain, count);
  must(size > 0, "marks are missing");
  const list = Array.from({ length: size }, (): Marks => {
    const first = takeByte(plain);
    const origin = ORIGINS[first & 7];
    must(origin !== undefined && first < 2 * ARRIVAL, "an origin is unknown");
    const flaws = Array.from({ length: takeCount(plain, MOST_FLAWS) }, () => {
      const flaw = FLAWS[takeByte(plain)];
      must(flaw !== undefined, "a flaw is unknown");
      return flaw;
    });
    return { origin, timeIsArrival: first >= ARRIVAL, flaws };
  });
  const places = readPlaces(section, count, size);
  return (row) => list[places[row] as number] as Marks;
}
