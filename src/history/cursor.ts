import type { SeriesId } from "../domain/data/reading.ts";
import { Failure } from "../domain/failure.ts";
import type { Window } from "../domain/time/time.ts";
import type { Cursor, Order } from "../store/store.ts";

/** Where an answer ended, and of which question it is: a page belongs to the same window, order and series. */
export type PageStart = {
  readonly window: Window;
  readonly order: Order;
  /** Which of the asked series comes next, and its id; null for events. */
  readonly at: { readonly index: number; readonly series: SeriesId } | null;
  /** null: that series from its beginning. */
  readonly after: Cursor | null;
};

type Packed = [
  from: number,
  to: number,
  newest: 0 | 1,
  index: number,
  series: number,
  time: number | null,
  position: number | null,
];
const NO_SERIES = -1;

export function writeCursor({ window, order, at, after }: PageStart): string {
  const packed: Packed = [
    window.from,
    window.to,
    order === "newest_first" ? 1 : 0,
    at?.index ?? NO_SERIES,
    at?.series ?? NO_SERIES,
    after?.time ?? null,
    after?.position ?? null,
  ];
  return packCursor(packed);
}

export const packCursor = (parts: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(parts)).toString("base64url");

/** The parts of a cursor, whatever they are; undefined: it is none. */
export function unpackCursor(text: string): unknown[] | undefined {
  if (!/^[\w-]{10,400}$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function readCursor(text: string): PageStart {
  const packed = unpack(text);
  if (!packed) throw badCursor("is not one that the hub gave out");
  const [from, to, newest, index, series, time, position] = packed;
  return {
    window: { from, to },
    order: newest === 1 ? "newest_first" : "oldest_first",
    at: index === NO_SERIES ? null : { index, series },
    after: time === null || position === null ? null : { time, position },
  };
}

function unpack(text: string): Packed | undefined {
  const value = unpackCursor(text);
  if (value?.length !== 7) return undefined;
  const [from, to, newest, index, series, time, position] = value;
  const whole = (one: unknown): one is number => Number.isSafeInteger(one);
  const fits =
    whole(from) &&
    whole(to) &&
    from < to &&
    (newest === 0 || newest === 1) &&
    whole(index) &&
    index >= NO_SERIES &&
    whole(series) &&
    (index === NO_SERIES) === (series === NO_SERIES) &&
    ((time === null && position === null) || (whole(time) && whole(position)));
  return fits ? (value as unknown as Packed) : undefined;
}

export const badCursor = (why: string): Failure =>
  new Failure("invalid_request", `cursor: ${why}`, {
    fix: "Give back next_cursor unchanged, with the same question as before; or leave it out to begin again.",
  });
