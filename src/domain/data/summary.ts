import type { Micros } from "../time/time.ts";
import type { Reading } from "./reading.ts";

/**
 * What a run of readings of one series amounts to; two that follow one another in time combine to one, exact to
 * rounding. Times are in microseconds, durations in seconds.
 */
export type Summary = {
  readonly readings: number;
  /** Readings whose state text is new (`changed` equals `time`), removals included. */
  readonly changes: number;
  /** Readings whose state is a number (`numberOf`). */
  readonly numbers: number;
  /** NaN where there is no reading. */
  readonly firstTime: Micros;
  readonly lastTime: Micros;
  /** The first and the last number; NaN: there is none. */
  readonly firstNumber: number;
  readonly lastNumber: number;
  /** Whether the last reading is a number: what holds on until the next reading. */
  readonly lastIsNumber: boolean;
  /** Whether the last reading is a removal: the entity is gone until the next reading. */
  readonly lastIsRemoval: boolean;
  /** Of the numbers; NaN, NaN and 0 where there is none. */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** Value times seconds, from each number to the next reading inside the run, and the seconds of that. */
  readonly integral: number;
  readonly covered: number;
  /** Seconds from each removal to the next reading inside the run. */
  readonly removed: number;
  /** What a counter counted inside the run; `increaseOf` has the rule. */
  readonly increase: number;
  /** The first and the last number that a counter can show (not below zero); NaN: there is none. */
  readonly firstCount: number;
  readonly lastCount: number;
};

export const EMPTY_SUMMARY: Summary = Object.freeze({
  readings: 0,
  changes: 0,
  numbers: 0,
  firstTime: Number.NaN,
  lastTime: Number.NaN,
  firstNumber: Number.NaN,
  lastNumber: Number.NaN,
  lastIsNumber: false,
  lastIsRemoval: false,
  min: Number.NaN,
  max: Number.NaN,
  sum: 0,
  integral: 0,
  covered: 0,
  removed: 0,
  increase: 0,
  firstCount: Number.NaN,
  lastCount: Number.NaN,
});

/** Letters that make JavaScript read `0x10`, `0b1` and `0o7` as numbers, which Home Assistant does not. */
const RADIX = /^\s*0[xbo]/i;

/** The finite number that a state text is, else NaN; `-0` is 0. */
export function numberOf(state: string | null): number {
  if (state === null) return Number.NaN;
  const value = Number(state);
  // Blank texts are 0 to JavaScript.
  if (value === 0) return state.trim() === "" || RADIX.test(state) ? Number.NaN : 0;
  return Number.isFinite(value) && !RADIX.test(state) ? value : Number.NaN;
}

/**
 * What a counter counted between two of its values. As Home Assistant sees a `total_increasing` sensor
 * (homeassistant/components/sensor/recorder.py, `reset_detected`): a value below nine tenths of the one before is a
 * counter that began again at zero; a smaller dip is none, and takes back what it falls short. Values below zero do
 * not come here: a counter cannot show them, Home Assistant passes over them too.
 */
export const increaseOf = (before: number, after: number): number => (after < 0.9 * before ? after : after - before);

/** Bits of a row's mark: its state text is new; it is a removal. */
export const MARK = { changed: 1, removal: 2 } as const;

export function summarise(rows: readonly Pick<Reading, "time" | "changed" | "state">[]): Summary {
  const times = new Float64Array(rows.length);
  const values = new Float64Array(rows.length);
  const marks = new Uint8Array(rows.length);
  for (const [i, row] of rows.entries()) {
    times[i] = row.time;
    values[i] = numberOf(row.state);
    marks[i] = (row.changed === row.time ? MARK.changed : 0) | (row.state === null ? MARK.removal : 0);
  }
  return summariseColumns(times, values, marks, 0, rows.length);
}

/** Rows `from` up to, not including, `to`; a value is NaN where the state is no number, a mark has the bits of `MARK`. */
export function summariseColumns(
  times: Float64Array,
  values: Float64Array,
  marks: Uint8Array,
  from: number,
  to: number,
): Summary {
  if (to <= from) return EMPTY_SUMMARY;
  let changes = 0;
  let numbers = 0;
  let firstNumber = Number.NaN;
  let lastNumber = Number.NaN;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let integral = 0;
  let covered = 0;
  let removed = 0;
  let increase = 0;
  let firstCount = Number.NaN;
  let lastCount = Number.NaN;
  let holding = false;
  let gone = false;
  let lastTime = times[from] as number;
  for (let i = from; i < to; i++) {
    const time = times[i] as number;
    const value = values[i] as number;
    if (holding) {
      const seconds = (time - lastTime) / 1e6;
      integral += lastNumber * seconds;
      covered += seconds;
    } else if (gone) removed += (time - lastTime) / 1e6;
    lastTime = time;
    const mark = marks[i] as number;
    changes += mark & MARK.changed;
    gone = (mark & MARK.removal) !== 0;
    holding = !Number.isNaN(value);
    if (!holding) continue;
    if (numbers++ === 0) firstNumber = value;
    lastNumber = value;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    if (value < 0) continue;
    if (Number.isNaN(firstCount)) firstCount = value;
    else increase += increaseOf(lastCount, value);
    lastCount = value;
  }
  return {
    readings: to - from,
    changes,
    numbers,
    firstTime: times[from] as number,
    lastTime,
    firstNumber,
    lastNumber,
    lastIsNumber: holding,
    lastIsRemoval: gone,
    min: numbers === 0 ? Number.NaN : min,
    max: numbers === 0 ? Number.NaN : max,
    sum,
    integral,
    covered,
    removed,
    increase,
    firstCount,
    lastCount,
  };
}

/** Of two runs of one series, `a` before `b`: what both together amount to. */
export function combine(a: Summary, b: Summary): Summary {
  if (a.readings === 0) return b;
  if (b.readings === 0) return a;
  const between = (b.firstTime - a.lastTime) / 1e6;
  const bridge = a.lastIsNumber ? between : 0;
  const bridged = a.lastIsNumber ? a.lastNumber * bridge : 0;
  const counted = Number.isNaN(a.lastCount) || Number.isNaN(b.firstCount) ? 0 : increaseOf(a.lastCount, b.firstCount);
  return {
    readings: a.readings + b.readings,
    changes: a.changes + b.changes,
    numbers: a.numbers + b.numbers,
    firstTime: a.firstTime,
    lastTime: b.lastTime,
    firstNumber: a.numbers === 0 ? b.firstNumber : a.firstNumber,
    lastNumber: b.numbers === 0 ? a.lastNumber : b.lastNumber,
    lastIsNumber: b.lastIsNumber,
    lastIsRemoval: b.lastIsRemoval,
    min: either(a.min, b.min, Math.min),
    max: either(a.max, b.max, Math.max),
    sum: a.sum + b.sum,
    integral: a.integral + bridged + b.integral,
    covered: a.covered + bridge + b.covered,
    removed: a.removed + (a.lastIsRemoval ? between : 0) + b.removed,
    increase: a.increase + counted + b.increase,
    firstCount: Number.isNaN(a.firstCount) ? b.firstCount : a.firstCount,
    lastCount: Number.isNaN(b.lastCount) ? a.lastCount : b.lastCount,
  };
}

const either = (a: number, b: number, of: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : of(a, b);
