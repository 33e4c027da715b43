import type { Reading, Stored } from "../../domain/data/reading.ts";
import { numberOf } from "../../domain/data/summary.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { ReadingsQuery, ViewReader } from "../../store/store.ts";
import { BREATH } from "../encode/replay.ts";
import { carriedTo, NOTHING, numbersOf } from "../statistics/values/numbers.ts";
import { spansOf } from "../statistics/values/spans.ts";

type Row = Stored<Reading>;

export type Sample = {
  /** In the order asked for. */
  readonly rows: readonly Row[];
  /** Readings in the window. */
  readonly of: number;
  readonly method: "none" | "peaks" | "changes";
  /** Whether no change of the state was left out. */
  readonly complete: boolean;
  /** The share of the window that is known, as for a bucket; null: nothing of it has come yet. */
  readonly share: number | null;
};

/** First, last, least and most of a slot, and the first and the last that is no number. */
const PER_SLOT = 6;
const PER_SLOT_OF_NUMBERS = 4;

/**
 * At most so many readings of a window, and only such as there are: of numbers those that draw the same line (what it
 * came in with, went out with, and its peaks), of texts each that is new.
 */
export async function* sample(
  reader: ViewReader,
  query: ReadingsQuery,
  needs: {
    readonly most: number;
    readonly numeric: boolean;
    readonly holes: readonly Window[];
    readonly until: Micros;
  },
): AsyncGenerator<typeof BREATH, Sample> {
  const { series, window, order } = query;
  const { most, until } = needs;
  const carried = yield* carriedTo(reader, series, window.from, false);
  const spans = spansOf([window.from, window.to], needs.holes, until);
  const [found = NOTHING] = yield* numbersOf(reader, series, spans, carried);
  const { readings: of, numbers, known } = found;
  const seconds = (Math.min(window.to, until) - window.from) / 1e6;
  const share = seconds > 0 ? Math.min(1, known / seconds) : null;
  if (of <= most) return { rows: yield* everything(reader, query), of, share, method: "none", complete: true };
  if (!needs.numeric) return { ...(yield* changes(reader, query, most)), of, share, method: "changes" };
  const slots = Math.max(1, Math.floor(most / (numbers < of ? PER_SLOT : PER_SLOT_OF_NUMBERS)));
  const rows = yield* peaks(reader, query, slots, found.firstTime, found.lastTime);
  return { rows: order === "oldest_first" ? rows : rows.reverse(), of, share, method: "peaks", complete: false };
}

async function* everything(reader: ViewReader, query: ReadingsQuery): AsyncGenerator<typeof BREATH, Row[]> {
  const rows: Row[] = [];
  for await (const page of reader.readings(query)) {
    rows.push(...page);
    yield BREATH;
  }
  return rows;
}

async function* peaks(
  reader: ViewReader,
  query: ReadingsQuery,
  slots: number,
  from: Micros,
  to: Micros,
): AsyncGenerator<typeof BREATH, Row[]> {
  const span = Math.max(1, to - from);
  const kept: Row[] = [];
  let slot = -1;
  let numbers: { first: Row; last: Row; least: Row; most: Row; min: number; max: number } | undefined;
  let others: { first: Row; last: Row } | undefined;
  const close = () => {
    const rows = new Set<Row>();
    if (numbers) for (const row of [numbers.first, numbers.least, numbers.most, numbers.last]) rows.add(row);
    if (others) for (const row of [others.first, others.last]) rows.add(row);
    kept.push(...[...rows].sort((a, b) => a.time - b.time || a.position - b.position));
    numbers = undefined;
    others = undefined;
  };
  for await (const page of reader.readings({ ...query, order: "oldest_first" })) {
    for (const row of page) {
      const next = Math.min(slots - 1, Math.floor(((row.time - from) / span) * slots));
      if (next !== slot) close();
      slot = next;
      const value = numberOf(row.state);
      if (Number.isNaN(value)) others = { first: others?.first ?? row, last: row };
      else if (!numbers) numbers = { first: row, last: row, least: row, most: row, min: value, max: value };
      else {
        numbers.last = row;
        if (value < numbers.min) [numbers.min, numbers.least] = [value, row];
        if (value > numbers.max) [numbers.max, numbers.most] = [value, row];
      }
    }
    yield BREATH;
  }
  close();
  return kept;
}

async function* changes(
  reader: ViewReader,
  query: ReadingsQuery,
  most: number,
): AsyncGenerator<typeof BREATH, { rows: Row[]; complete: boolean }> {
  const rows: Row[] = [];
  const oldestFirst = query.order === "oldest_first";
  /** The one read before: newest first it is new only if the next, older one differs. */
  let before: Row | undefined;
  for await (const page of reader.readings(query)) {
    for (const row of page) {
      const isNew = !before || before.state !== row.state;
      const found = oldestFirst ? row : before;
      before = row;
      if (!isNew || !found) continue;
      if (rows.length === most) return { rows, complete: false };
      rows.push(found);
    }
    yield BREATH;
  }
  if (oldestFirst || !before) return { rows, complete: true };
  if (rows.length === most) return { rows, complete: false };
  rows.push(before);
  return { rows, complete: true };
}
