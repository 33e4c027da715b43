import type { Position, Reading, Stored } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { ReadingsQuery, ViewReader } from "../store.ts";

/** The exact state texts of many readings, without a text for each where they are numbers. */
export type StateColumn =
  | {
      readonly form: "scaled";
      /** The text is value / 10^decimals with at most `decimals` decimals, of which zeros beyond `least` are cut. */
      readonly values: Float64Array;
      readonly decimals: number;
      readonly least: number;
      /** Rows whose text is no such number; their value is NaN. */
      readonly exceptions: ReadonlyMap<number, string | null>;
    }
  | {
      readonly form: "texts";
      readonly dictionary: readonly (string | null)[];
      readonly indexes: Uint32Array;
    };

/** Readings column by column. The rows asked for are those from `from` up to `to`, oldest first whatever the order. */
export type Columns = {
  readonly times: Float64Array;
  readonly states: StateColumn;
  readonly from: number;
  readonly to: number;
  position(row: number): Position;
};

export function columnsOf(oldestFirst: readonly Stored<Reading>[]): Columns {
  const indexes = new Map<string | null, number>();
  const column = new Uint32Array(oldestFirst.length);
  for (const [i, { state }] of oldestFirst.entries()) {
    let index = indexes.get(state);
    if (index === undefined) {
      index = indexes.size;
      indexes.set(state, index);
    }
    column[i] = index;
  }
  return {
    times: Float64Array.from(oldestFirst, ({ time }): Micros => time),
    states: { form: "texts", dictionary: [...indexes.keys()], indexes: column },
    from: 0,
    to: oldestFirst.length,
    position: (row) => (oldestFirst[row] as Stored<Reading>).position,
  };
}

/** For every engine: from the readings themselves. */
export async function* columnsFrom(
  readings: ViewReader["readings"],
  query: Omit<ReadingsQuery, "attributes">,
): AsyncGenerator<Columns> {
  for await (const page of readings({ ...query, attributes: false }))
    yield columnsOf(query.order === "oldest_first" ? page : page.toReversed());
}

/** The first row whose time is not before. */
export function firstFrom(times: Float64Array, time: Micros): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The text of a row, as it was stored. */
export function stateText(states: StateColumn, row: number): string | null {
  if (states.form === "texts") return states.dictionary[states.indexes[row] as number] ?? null;
  const exception = states.exceptions.get(row);
  if (exception !== undefined) return exception;
  const text = scaledText(states.values[row] as number, states.decimals);
  if (states.least === states.decimals) return text;
  let end = text.length;
  for (let i = states.decimals; i > states.least && text[end - 1] === "0"; i--) end--;
  return text.slice(0, text[end - 1] === "." ? end - 1 : end);
}

function scaledText(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const sign = value < 0 ? "-" : "";
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
