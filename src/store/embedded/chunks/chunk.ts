import type { Attributes, Position, Reading, SeriesId, Stored } from "../../../domain/data/reading.ts";
import { MARK, numberOf, type Summary, summariseColumns } from "../../../domain/data/summary.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { type StateColumn, stateText } from "../../shared/columns.ts";
import { NO_ATTRIBUTES } from "../../store.ts";
import type { AttributesColumn } from "./columns/attributes.ts";
import type { Details } from "./details.ts";

/** Readings of one series. Columns are decoded when they are first asked for. */
export type Chunk = {
  readonly series: SeriesId;
  readonly count: number;
  /** Ascending. */
  readonly times: Float64Array;
  readonly states: StateColumn;
  /** Since when each row's state text holds. */
  readonly changed: Float64Array;
  state(row: number): string | null;
  attributes(row: number): Attributes;
  row(row: number, attributes: boolean): Stored<Reading>;
  /** Exact where two rows have the same time, else the chunk's first. */
  position(row: number): Position;
  /** Of the rows from `from` up to, not including, `to`. */
  summary(from: number, to: number): Summary;
};

export type Head = {
  readonly series: SeriesId;
  readonly count: number;
  readonly firstPosition: Position;
};

/** The columns of a pack, by chunk. */
export type Source = {
  times(): readonly Float64Array[];
  states(): readonly StateColumn[];
  details(): readonly Details[];
  attributes(): readonly AttributesColumn[];
};

export function createChunk({ series, count, firstPosition }: Head, index: number, source: Source): Chunk {
  const times = () => source.times()[index] as Float64Array;
  const states = () => source.states()[index] as StateColumn;
  const details = () => source.details()[index] as Details;
  const attributes = (row: number) => (source.attributes()[index] as AttributesColumn).at(row);
  let measured: { values: Float64Array; marks: Uint8Array } | undefined;
  return {
    series,
    count,
    get times() {
      return times();
    },
    get states() {
      return states();
    },
    get changed() {
      return details().changed;
    },
    state: (row) => stateText(states(), row),
    attributes,
    position: (row) => {
      const all = times();
      return all[row] === all[row - 1] || all[row] === all[row + 1] ? details().position(row) : firstPosition;
    },
    row: (row, withAttributes) => {
      const { changed, marks, context, position } = details();
      const time: Micros = times()[row] as number;
      const { origin, timeIsArrival, flaws } = marks(row);
      return {
        series,
        time,
        changed: changed[row] as number,
        state: stateText(states(), row),
        attributes: withAttributes ? attributes(row) : NO_ATTRIBUTES,
        context: context(row),
        origin,
        timeIsArrival,
        flaws,
        position: position(row),
      };
    },
    summary: (from, to) => {
      measured ??= { values: valuesOf(states()), marks: marksOf(times(), details().changed, states()) };
      return summariseColumns(times(), measured.values, measured.marks, from, to);
    },
  };
}

/** NaN: the state is no number. */
function valuesOf(states: StateColumn): Float64Array {
  if (states.form === "texts") {
    const numbers = states.dictionary.map(numberOf);
    return Float64Array.from(states.indexes, (index) => numbers[index] as number);
  }
  const power = 10 ** states.decimals;
  const values = states.values.map((value) => value / power);
  // Exceptions may be numbers in another spelling.
  for (const [row, text] of states.exceptions) values[row] = numberOf(text);
  return values;
}

function marksOf(times: Float64Array, changed: Float64Array, states: StateColumn): Uint8Array {
  const marks = new Uint8Array(times.length);
  for (let i = 0; i < times.length; i++) if (changed[i] === times[i]) marks[i] = MARK.changed;
  if (states.form === "scaled") {
    for (const [row, text] of states.exceptions) if (text === null) marks[row] = (marks[row] as number) | MARK.removal;
    return marks;
  }
  const removal = states.dictionary.indexOf(null);
  if (removal >= 0)
    for (let i = 0; i < marks.length; i++)
      if (states.indexes[i] === removal) marks[i] = (marks[i] as number) | MARK.removal;
  return marks;
}
