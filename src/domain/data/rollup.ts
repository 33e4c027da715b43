import type { Calendar } from "../time/calendar.ts";
import type { Micros, Window } from "../time/time.ts";
import type { Reading } from "./reading.ts";
import { combine, type Summary, summarise } from "./summary.ts";

/** What some readings of one series that followed one another amounted to; they themselves were let go. */
export type Rollup = {
  readonly summary: Summary;
  /** Of a run in which not every state is a number: how long each state held inside the run. */
  readonly texts: TextsRolledUp | null;
};

export type TextsRolledUp = {
  readonly first: string | null;
  readonly last: string | null;
  readonly states: readonly {
    readonly state: string;
    /** From its readings to the next ones of the run. */
    readonly seconds: number;
    /** How often it began; the first reading of the run does not count, since what held before is not known here. */
    readonly entered: number;
  }[];
};

type Row = Pick<Reading, "time" | "changed" | "state">;

const HOUR: Micros = 3_600_000_000;
const FIVE_MINUTES: Micros = 300_000_000;
/**
 * A roll-up takes some 28 bytes and a reading not five: hours pay where they take at most half of what their readings
 * took, five minutes where a quarter, and days always. Of fewer readings an hour took more than they did.
 */
export const LEAST_OF_FIVE_MINUTES = 24;
export const LEAST_OF_AN_HOUR = 12;
/** Further ones are told by no roll-up: a text that says the time would take more than the readings did. */
const MOST_STATES = 64;

/**
 * Rolls up readings of one series, in order of time: by days of the home, by hours or five minutes of the UTC clock
 * where those pay. No roll-up reaches over the beginning or end of a gap, so that each is wholly known or not.
 */
export function createRoller(needs: { readonly calendar: Calendar; readonly holes: readonly Window[] }) {
  const { calendar, holes } = needs;
  const cuts = [...new Set(holes.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  let cut = 0;
  let rows: Row[] = [];
  let end = Number.NEGATIVE_INFINITY;
  const take = (): Rollup[] => {
    const found = rows.length === 0 ? [] : ofStretch(rows);
    rows = [];
    return found;
  };
  return {
    add: (row: Row): readonly Rollup[] => {
      if (row.time < end) {
        rows.push(row);
        return [];
      }
      const done = take();
      while (cut < cuts.length && (cuts[cut] as Micros) <= row.time) cut++;
      end = Math.min(calendar.nextAfter("day", row.time), cuts[cut] ?? Number.POSITIVE_INFINITY);
      rows = [row];
      return done;
    },
    /** The rest. */
    finish: take,
  };
}

/** Of readings of one day, between two cuts. */
function ofStretch(rows: readonly Row[]): Rollup[] {
  const hours = parts(rows, HOUR);
  if (rows.length < LEAST_OF_AN_HOUR * hours.length) return [rollUp(rows)];
  return hours.flatMap((hour) => {
    const fives = parts(hour, FIVE_MINUTES);
    return hour.length < LEAST_OF_FIVE_MINUTES * fives.length ? [rollUp(hour)] : fives.map(rollUp);
  });
}

function parts(rows: readonly Row[], length: Micros): Row[][] {
  const found: Row[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (row.time < end) found.at(-1)?.push(row);
    else {
      found.push([row]);
      end = (Math.floor(row.time / length) + 1) * length;
    }
  }
  return found;
}

export function rollUp(rows: readonly Row[]): Rollup {
  const summary = summarise(rows);
  return { summary, texts: summary.numbers === rows.length ? null : textsOf(rows) };
}

function textsOf(rows: readonly Row[]): TextsRolledUp {
  const states = new Map<string, { micros: Micros; entered: number }>();
  let before: Row | undefined;
  for (const [i, row] of rows.entries()) {
    const { state, time } = row;
    if (state !== null) {
      const own = states.get(state) ?? { micros: 0, entered: 0 };
      states.set(state, own);
      const next = rows[i + 1];
      if (next) own.micros += next.time - time;
      if (before && before.state !== state) own.entered++;
    }
    before = row;
  }
  const longest = [...states].sort(([, a], [, b]) => b.micros - a.micros).slice(0, MOST_STATES);
  return {
    first: rows[0]?.state ?? null,
    last: before?.state ?? null,
    states: longest.map(([state, { micros, entered }]) => ({ state, seconds: micros / 1e6, entered })),
  };
}

/**
 * Takes what came late into what was rolled up: counts, least, greatest and sum are those of both. The time that each
 * value held stays as it was, so mean, time in states and increase are near, not exact.
 *
 * @param late begins inside `base`
 */
export function amend(base: Summary, late: Summary): Summary {
  const isLast = late.lastTime >= base.lastTime;
  const rest = isLast ? combine(base, { ...late, firstTime: base.lastTime }) : base;
  return {
    ...rest,
    readings: base.readings + late.readings,
    changes: base.changes + late.changes,
    numbers: base.numbers + late.numbers,
    firstTime: base.firstTime,
    lastTime: Math.max(base.lastTime, late.lastTime),
    min: least(base.min, late.min, Math.min),
    max: least(base.max, late.max, Math.max),
    sum: base.sum + late.sum,
  };
}

const least = (a: number, b: number, of: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : of(a, b);
