import type { SeriesId } from "../../../domain/data/reading.ts";
import { combine, EMPTY_SUMMARY, increaseOf, numberOf, type Summary } from "../../../domain/data/summary.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { BucketSummary, Cursor, ViewReader } from "../../../store/store.ts";
import { BREATH } from "../../encode/replay.ts";
import { stateBefore } from "../../range/before.ts";
import { lastRolledUp } from "./rolled-up.ts";
import type { Spans } from "./spans.ts";

/** What holds on from before. */
export type Carried = {
  /** Whether the series had begun. */
  exists: boolean;
  /** Whether the entity was removed. */
  gone: boolean;
  /** NaN: no number holds. */
  value: number;
  /** The last number that a counter can show; NaN: none. */
  count: number;
  /** The last number; NaN: none. */
  number: number;
  /** Until when a roll-up before speaks for the time: what holds begins there. */
  until: Micros;
};

/** What the numbers of one bucket amount to. Durations in seconds. */
export type Numbers = {
  /** Time in no gap and with the entity there. */
  known: number;
  /** Time with a number. */
  covered: number;
  integral: number;
  min: number;
  max: number;
  readings: number;
  /** Of the first and the last reading inside; NaN: there is none. */
  firstTime: Micros;
  lastTime: Micros;
  changes: number;
  numbers: number;
  sum: number;
  first: number;
  last: number;
  /** By the rule of a counter, and as plain difference. */
  increase: number;
  difference: number;
  /** Readings in it were let go: roll-ups tell of them. */
  rolledUp: boolean;
  approximate: boolean;
};

export const NOTHING: Readonly<Numbers> = Object.freeze({
  known: 0,
  covered: 0,
  integral: 0,
  min: Number.NaN,
  max: Number.NaN,
  readings: 0,
  firstTime: Number.NaN,
  lastTime: Number.NaN,
  changes: 0,
  numbers: 0,
  sum: 0,
  first: Number.NaN,
  last: Number.NaN,
  increase: 0,
  difference: 0,
  rolledUp: false,
  approximate: false,
});

/** The numbers of each bucket that the spans belong to; `carried` comes out as it stands at their end. */
export async function* numbersOf(
  reader: ViewReader,
  series: SeriesId,
  spans: Spans,
  carried: Carried,
): AsyncGenerator<typeof BREATH, Numbers[]> {
  const { length } = spans.buckets;
  const found: Found = { summaries: new Array(length).fill(EMPTY_SUMMARY), flags: new Uint8Array(length) };
  for await (const page of reader.summaries({ series, edges: spans.edges })) {
    take(page, found);
    yield BREATH;
  }
  return resolve(found, spans, carried);
}

/** What the store says of each span, and how it knows. */
type Found = { readonly summaries: Summary[]; readonly flags: Uint8Array };
const ROLLED_UP = 1;
const APPROXIMATE = 2;

function take(page: readonly BucketSummary[], { summaries, flags }: Found): void {
  for (const { bucket, summary, rolledUp, approximate } of page) {
    summaries[bucket] = combine(summaries[bucket] as Summary, summary);
    if (rolledUp) flags[bucket] = (flags[bucket] as number) | ROLLED_UP;
    if (approximate) flags[bucket] = (flags[bucket] as number) | APPROXIMATE;
  }
}

function resolve({ summaries, flags }: Found, { edges, buckets, known }: Spans, carried: Carried): Numbers[] {
  const all: Numbers[] = [];
  for (let i = 0; i < summaries.length; i++) {
    const bucket = buckets[i] as number;
    const numbers = all[bucket] ?? { ...NOTHING };
    all[bucket] = numbers;
    const from = edges[i] as Micros;
    const to = edges[i + 1] as Micros;
    const summary = summaries[i] as Summary;
    if (known[i]) addTime(numbers, summary, carried, from, to);
    if (summary.readings > 0) addReadings(numbers, summary, carried);
    const how = flags[i] as number;
    if (how & ROLLED_UP) numbers.rolledUp = true;
    if (how & APPROXIMATE || summary.firstTime < from || summary.lastTime >= to) numbers.approximate = true;
  }
  return all;
}

function addTime(to: Numbers, summary: Summary, carried: Carried, from: Micros, end: Micros): void {
  const { readings, firstTime, lastTime, lastIsNumber, lastNumber, lastIsRemoval } = summary;
  const lead = ((readings > 0 ? firstTime : end) - Math.max(from, carried.until)) / 1e6;
  if (lead > 0 && carried.exists && !carried.gone) {
    to.known += lead;
    addHeld(to, carried.value, lead);
  }
  if (readings === 0) return;
  // A roll-up may reach over the ends: of its time, what lies inside counts.
  const inside = Math.min(lastTime, end) - Math.max(firstTime, from);
  const share = lastTime > firstTime ? Math.max(0, inside) / (lastTime - firstTime) : 1;
  to.known += share * ((lastTime - firstTime) / 1e6 - summary.removed);
  to.covered += share * summary.covered;
  to.integral += share * summary.integral;
  const tail = Math.max(0, end - lastTime) / 1e6;
  if (!lastIsRemoval) to.known += tail;
  if (lastIsNumber) addHeld(to, lastNumber, tail);
}

function addHeld(to: Numbers, value: number, seconds: number): void {
  if (Number.isNaN(value)) return;
  to.covered += seconds;
  to.integral += value * seconds;
  to.min = least(to.min, value);
  to.max = most(to.max, value);
}

function addReadings(to: Numbers, summary: Summary, carried: Carried): void {
  if (to.readings === 0) to.firstTime = summary.firstTime;
  to.lastTime = summary.lastTime;
  to.readings += summary.readings;
  to.changes += summary.changes;
  to.numbers += summary.numbers;
  to.sum += summary.sum;
  to.min = least(to.min, summary.min);
  to.max = most(to.max, summary.max);
  if (Number.isNaN(to.first)) to.first = summary.firstNumber;
  if (summary.numbers > 0) {
    to.last = summary.lastNumber;
    if (!Number.isNaN(carried.number)) to.difference += summary.lastNumber - carried.number;
    else to.difference += summary.lastNumber - summary.firstNumber;
    carried.number = summary.lastNumber;
  }
  to.increase += summary.increase;
  if (!Number.isNaN(carried.count) && !Number.isNaN(summary.firstCount))
    to.increase += increaseOf(carried.count, summary.firstCount);
  if (!Number.isNaN(summary.lastCount)) carried.count = summary.lastCount;
  carried.until = summary.lastTime;
  carried.exists = true;
  carried.gone = summary.lastIsRemoval;
  carried.value = summary.lastIsNumber ? summary.lastNumber : Number.NaN;
}

const least = (a: number, b: number): number => (Number.isNaN(a) || b < a ? b : a);
const most = (a: number, b: number): number => (Number.isNaN(a) || b > a ? b : a);

const carriedFrom = (summary: Summary): Carried => ({
  exists: true,
  gone: summary.lastIsRemoval,
  value: summary.lastIsNumber ? summary.lastNumber : Number.NaN,
  count: summary.lastCount,
  number: summary.lastNumber,
  until: summary.lastTime,
});

/** What holds on at a time from before it; `counts`: the last number too, however far back it is. */
export async function* carriedTo(
  reader: ViewReader,
  series: SeriesId,
  time: Micros,
  counts: boolean,
): AsyncGenerator<typeof BREATH, Carried> {
  const last = await stateBefore(reader, series, time);
  const rolledUp = await lastRolledUp(reader, series, time);
  if (rolledUp && (!last || rolledUp.summary.lastTime >= last.time)) {
    const carried = carriedFrom(rolledUp.summary);
    if (counts) yield* addRolledUpCounts(reader, series, rolledUp.summary.firstTime, carried);
    return carried;
  }
  const value = last ? numberOf(last.state) : Number.NaN;
  const carried = {
    ...{ exists: last !== undefined, gone: last?.state === null, value, count: Number.NaN, number: value },
    until: Number.NEGATIVE_INFINITY,
  };
  if (value >= 0) carried.count = value;
  if (!counts || !last || !Number.isNaN(carried.count)) return carried;
  let after: Cursor = last;
  // Few at first: a number is mostly near.
  for (let limit = 16; ; limit = Math.min(limit * 8, 8192)) {
    const window = { from: Number.MIN_SAFE_INTEGER, to: time };
    const query = { series, window, order: "newest_first", after, limit, attributes: false } as const;
    let seen = 0;
    for await (const page of reader.readings(query)) {
      for (const row of page) {
        const number = numberOf(row.state);
        if (Number.isNaN(carried.number)) carried.number = number;
        if (number >= 0) return { ...carried, count: number };
      }
      seen += page.length;
      after = page.at(-1) as Cursor;
    }
    if (seen < limit) break;
    yield BREATH;
  }
  yield* addRolledUpCounts(reader, series, time, carried);
  return carried;
}

/** The last numbers that roll-ups tell, where none was found so far. */
async function* addRolledUpCounts(
  reader: ViewReader,
  series: SeriesId,
  before: Micros,
  carried: Carried,
): AsyncGenerator<typeof BREATH, void> {
  let time = before;
  while (Number.isNaN(carried.count)) {
    const found = await lastRolledUp(reader, series, time);
    if (!found) return;
    const { lastNumber, lastCount, firstTime } = found.summary;
    if (Number.isNaN(carried.number)) carried.number = lastNumber;
    carried.count = lastCount;
    time = firstTime;
    yield BREATH;
  }
}
