import type { Micros } from "../../../domain/time/time.ts";
import { byTimeAndPosition } from "../../shared/ledger.ts";
import type { Cursor, EventsQuery, Order } from "../../store.ts";
import type { Run } from "./tail/places.ts";

/** A part of an answer that is in one place: rows of one segment of the log, or one chunk of a block. */
export type Sealed<T> = {
  readonly from: Micros;
  readonly to: Micros;
  /** What is asked for of it, oldest first; of more than `limit` those that come first in the asked order. */
  load(limit: number): Promise<readonly T[]>;
};
export type Piece<T> = Run | Sealed<T>;

/** Rows of a page: enough to make reading them worth it, few enough to hold. */
export const PAGE = 2048;

/** Rows of all pieces in the asked order, page by page. Later pieces are not looked at once there are enough. */
export async function* pagesOf<T extends Cursor>(
  pieces: readonly Piece<T>[],
  query: Pick<EventsQuery, "order" | "limit">,
  /** Pages of runs in the asked order, at most `limit` rows. */
  pagesOfRuns: (runs: readonly Run[], limit: number) => AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  const { order, limit } = query;
  let left = limit;
  for (const group of inOrder(overlapping(pieces), order)) {
    const pages = group.every(isRun)
      ? pagesOfRuns(group, left)
      : pagesOfRows(await rowsOf(group, left, pagesOfRuns), order);
    for await (const page of pages) {
      const asked = page.length > left ? page.slice(0, left) : page;
      left -= asked.length;
      if (asked.length > 0) yield asked;
      if (left === 0) return;
    }
  }
}

export const isRun = <T>(piece: Piece<T>): piece is Run => "segment" in piece;

/** Pieces whose times overlap must be merged; groups that do not can be answered one after the other. */
export function overlapping<P extends { readonly from: Micros; readonly to: Micros }>(pieces: readonly P[]): P[][] {
  const groups: P[][] = [];
  let end = 0;
  for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    if (last && piece.from <= end) last.push(piece);
    else groups.push([piece]);
    end = last && piece.from <= end ? Math.max(end, piece.to) : piece.to;
  }
  return groups;
}

export const inOrder = <P>(groups: P[][], order: Order): P[][] =>
  order === "oldest_first" ? groups : groups.reverse();

async function rowsOf<T extends Cursor>(
  group: readonly Piece<T>[],
  limit: number,
  pagesOfRuns: (runs: readonly Run[], limit: number) => AsyncIterable<readonly T[]>,
): Promise<readonly T[]> {
  const runs = group.filter(isRun);
  const sealed = group.filter((piece) => !isRun(piece)) as Sealed<T>[];
  const [only] = sealed;
  if (only && group.length === 1) return only.load(limit);
  const rows: T[] = [];
  for (const piece of sealed) for (const row of await piece.load(limit)) rows.push(row);
  for await (const page of runs.length > 0 ? pagesOfRuns(runs, Number.MAX_SAFE_INTEGER) : [])
    for (const row of page) rows.push(row);
  return rows.sort(byTimeAndPosition);
}

function* pagesOfRows<T>(oldestFirst: readonly T[], order: Order): Iterable<readonly T[]> {
  const rows = order === "oldest_first" ? oldestFirst : oldestFirst.toReversed();
  for (let at = 0; at < rows.length; at += PAGE) yield rows.slice(at, at + PAGE);
}
