import type { Context, Position, Reading, Stored } from "../../../domain/data/reading.ts";
import type { StateColumn } from "../../shared/columns.ts";
import type { SectionReader, SectionWriter } from "./coding/section.ts";
import { readChanged, writeChanged } from "./columns/changed.ts";
import { readContexts, writeContexts } from "./columns/contexts.ts";
import { readExactNumbers, writeExactNumbers } from "./columns/exact-numbers.ts";
import { type Marks, readMarks, writeMarks } from "./columns/marks.ts";

/** What few callers ask for, of one chunk. */
export type Details = {
  readonly changed: Float64Array;
  marks(row: number): Marks;
  context(row: number): Context | null;
  position(row: number): Position;
};

export function writeDetails(
  section: SectionWriter,
  rows: readonly Stored<Reading>[],
  times: Float64Array,
  firstPosition: Position,
): void {
  const changed = new Float64Array(rows.length);
  for (let row = 0; row < changed.length; row++) changed[row] = (rows[row] as Reading).changed;
  const isSame = (row: number) => rows[row]?.state === rows[row - 1]?.state;
  writeChanged(section, changed, { times, isSame });
  writeMarks(section, rows);
  writeContexts(
    section,
    rows.map(({ context }) => context),
    times,
  );
  const tied = tiedRows(times);
  writeExactNumbers(
    section,
    Float64Array.from(tied, (row) => (rows[row] as Stored<Reading>).position - firstPosition),
  );
}

export function readDetails(
  section: SectionReader,
  times: Float64Array,
  states: StateColumn,
  firstPosition: Position,
): Details {
  const changed = readChanged(section, { times, isSame: sameAsBefore(states) });
  const marks = readMarks(section, times.length);
  const context = readContexts(section, times);
  const tied = tiedRows(times);
  const positions = readExactNumbers(section, tied.length);
  const known = new Map(tied.map((row, at) => [row, firstPosition + (positions[at] as number)]));
  return { changed, marks, context, position: (row) => known.get(row) ?? firstPosition };
}

/** Only among rows of one time does a position decide the order. */
function tiedRows(times: Float64Array): number[] {
  const tied: number[] = [];
  for (let i = 0; i < times.length; i++) if (times[i] === times[i - 1] || times[i] === times[i + 1]) tied.push(i);
  return tied;
}

/** Whether a row has the text of the row before. */
function sameAsBefore(states: StateColumn): (row: number) => boolean {
  if (states.form === "texts") {
    const { indexes } = states;
    return (row) => indexes[row] === indexes[row - 1];
  }
  const { values, exceptions } = states;
  return (row) =>
    values[row] === values[row - 1] ||
    (exceptions.has(row) && exceptions.has(row - 1) && exceptions.get(row) === exceptions.get(row - 1));
}
