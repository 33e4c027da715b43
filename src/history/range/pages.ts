import type { Reading, Stored } from "../../domain/data/reading.ts";
import { columnsOf } from "../../store/shared/columns.ts";
import type { Columns, Cursor, ReadingsQuery, ViewReader } from "../../store/store.ts";

/** Rows as they are read: whole where attributes are asked for, else columns, which are several times faster. */
export type Page = { readonly count: number; cursor(row: number): Cursor } & (
  | { readonly readings: readonly Stored<Reading>[] }
  | { readonly columns: Columns; readonly newestFirst: boolean }
);

export async function* pagesOf(reader: ViewReader, query: ReadingsQuery): AsyncGenerator<Page> {
  const newestFirst = query.order === "newest_first";
  if (query.attributes) for await (const readings of reader.readings(query)) yield wholePage(readings);
  else for await (const columns of reader.columns(query)) yield* columnPages(columns, newestFirst);
}

/** Rows of a page of columns: what is written of one fits the buffer that is sent, with little of it left empty. */
const PAGE_ROWS = 1024;

function* columnPages(columns: Columns, newestFirst: boolean): Generator<Page> {
  const { from, to } = columns;
  for (let done = 0; done < to - from; done += PAGE_ROWS) {
    const count = Math.min(PAGE_ROWS, to - from - done);
    const first = newestFirst ? to - done - count : from + done;
    yield columnPage({ ...columns, from: first, to: first + count }, newestFirst);
  }
}

/** The same of rows that are held already, in the order asked for. */
export function* pagesOfRows(
  rows: readonly Stored<Reading>[],
  { attributes, order }: Pick<ReadingsQuery, "attributes" | "order">,
): Generator<Page> {
  if (rows.length === 0) return;
  const newestFirst = order === "newest_first";
  yield attributes ? wholePage(rows) : columnPage(columnsOf(newestFirst ? rows.toReversed() : rows), newestFirst);
}

const wholePage = (readings: readonly Stored<Reading>[]): Page => ({
  readings,
  count: readings.length,
  cursor: (row) => {
    const { time, position } = readings[row] as Cursor;
    return { time, position };
  },
});

function columnPage(columns: Columns, newestFirst: boolean): Page {
  const { times, from, to, position } = columns;
  const at = (row: number) => (newestFirst ? to - 1 - row : from + row);
  return {
    columns,
    newestFirst,
    count: to - from,
    cursor: (row) => ({ time: times[at(row)] as number, position: position(at(row)) }),
  };
}

/** Of the first rows of a page those that are removals, in the order of the page. */
export function removalsOf(page: Page, count: number): number[] {
  if ("readings" in page) return within(page.readings.keys(), (row) => page.readings[row]?.state === null, count);
  const { columns, newestFirst } = page;
  const { states, from, to } = columns;
  const row = (at: number) => (newestFirst ? to - 1 - at : at - from);
  if (states.form === "scaled") {
    const removed = [...states.exceptions].flatMap(([at, text]) => (text === null ? row(at) : []));
    return removed.filter((one) => one >= 0 && one < count).sort((a, b) => a - b);
  }
  const none = states.dictionary.indexOf(null);
  if (none < 0) return [];
  const rows = Array.from({ length: count }, (_, i) => i);
  return rows.filter((one) => states.indexes[newestFirst ? to - 1 - one : from + one] === none);
}

const within = (rows: Iterable<number>, removed: (row: number) => boolean, count: number): number[] =>
  [...rows].filter((row) => row < count && removed(row));
