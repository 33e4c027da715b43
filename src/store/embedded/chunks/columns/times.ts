import type { Micros } from "../../../../domain/time/time.ts";
import { putTime, reserve, takeTime, takeVarint } from "../../format/bytes.ts";
import { addBits, putBits } from "../coding/bits.ts";
import { readInts, scratch, unfold, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte } from "../coding/section.ts";
import { PERIOD_SCALE, planRhythm, type Rhythm } from "./rhythm.ts";

/**
 * Times in ascending order. What all distances have in common (a thousand, where times are in milliseconds) is divided
 * out. Where it helps, the part below a second stands by itself, as it is: what is polled at whole seconds then shows
 * its rhythm. Where there is one, a distance is a number of periods and how much it is off.
 */
const FORM = { wide: 0, exact: 1 } as const;
const BY_SECOND = 2;
const PERIODIC = 4;
const SECOND = 1e6;
/** Beyond, sums and differences of doubles are not exact. */
const WIDEST = 2 ** 52;
/** Fewer times do not pay for what describes a rhythm. */
const WORTH_TRYING = 32;

export function writeTimes(section: SectionWriter, times: Float64Array, base: Micros): void {
  const { plain } = section;
  const first = times[0] as number;
  const last = times[times.length - 1] as number;
  if (first <= -WIDEST || last >= WIDEST || last - first >= WIDEST) {
    putByte(plain, FORM.wide);
    writeWide(section, times, base);
    return;
  }
  const factor = commonFactor(times);
  const phase = remainder(first, factor);
  const unit = SECOND / factor;
  const width = Math.ceil(Math.log2(unit));
  const whole = planRhythm(distances(times, factor, phase));
  const mayBeSplit = times.length >= WORTH_TRYING && Number.isInteger(unit) && unit > 1;
  const seconds = mayBeSplit ? planRhythm(distances(times, SECOND, phase)) : undefined;
  const split = seconds !== undefined && seconds.cost + width * times.length < whole.cost;
  const { period, main, off }: Rhythm = split ? seconds : whole;
  putByte(plain, FORM.exact | (split ? BY_SECOND : 0) | (off ? PERIODIC : 0));
  reserve(plain, 10);
  putTime(plain, first, base);
  putCount(plain, factor);
  if (off) putCount(plain, period);
  writeInts(section, main.values, main.plan);
  if (off) writeInts(section, off.values, off.plan);
  if (split) for (const time of times) putBits(section.bits, remainder(time - phase, SECOND) / factor, width);
}

export function readTimes(section: SectionReader, count: number, base: Micros): Float64Array {
  const { plain, bits } = section;
  const form = takeByte(plain);
  if (form === FORM.wide) return readWide(section, count, base);
  must(form <= 7 && (form & FORM.exact) !== 0, "times are written in an unknown way");
  const times = new Float64Array(count);
  const first = takeTime(plain, base);
  const factor = takeVarint(plain);
  must(Number.isSafeInteger(first) && factor >= 1, "times begin nowhere");
  const split = (form & BY_SECOND) !== 0;
  const period = form & PERIODIC ? takeVarint(plain) : 0;
  const main = readInts(section, count - 1, scratch(count));
  const off = form & PERIODIC ? readInts(section, count - 1, scratch(count, 1)) : undefined;
  const phase = remainder(first, factor);
  const unit = split ? SECOND : factor;
  times[0] = split ? first - remainder(first - phase, SECOND) : first;
  if (off) addRhythm(times, main, period, off, unit);
  else addDistances(times, main, unit);
  if (split) {
    const width = Math.ceil(Math.log2(SECOND / factor));
    must(width > 0, "times have no part below a second");
    addBits(bits, width, factor, times);
  }
  return times;
}

function addDistances(times: Float64Array, distances: Float64Array, unit: number): void {
  let time = times[0] as number;
  for (let i = 1; i < times.length; i++) {
    time += unit * (distances[i - 1] as number);
    times[i] = time;
  }
}

function addRhythm(times: Float64Array, periods: Float64Array, period: number, off: Float64Array, unit: number): void {
  let time = times[0] as number;
  for (let i = 1; i < times.length; i++) {
    time += unit * (Math.floor(((periods[i - 1] as number) * period) / PERIOD_SCALE) + unfold(off[i - 1] as number));
    times[i] = time;
  }
}

/** Any safe integers in any order, each as its distance from the one before. */
export function writeWide({ plain }: SectionWriter, values: ArrayLike<number>, base: number): void {
  let before = base;
  for (let i = 0; i < values.length; i++) {
    reserve(plain, 10);
    putTime(plain, values[i] as number, before);
    before = values[i] as number;
  }
}

export function readWide({ plain }: SectionReader, count: number, base: number): Float64Array {
  const values = new Float64Array(count);
  let before = base;
  for (let i = 0; i < count; i++) {
    before = takeTime(plain, before);
    must(Number.isSafeInteger(before) && plain.at <= plain.buffer.length, "a number is out of range");
    values[i] = before;
  }
  return values;
}

/** In units, from one time to the next, counted from the phase. */
function distances(times: Float64Array, unit: number, phase: number): Float64Array {
  const found = new Float64Array(times.length - 1);
  let before = 0;
  for (let i = 0; i < times.length; i++) {
    const time = (times[i] as number) - phase;
    const at = (time - remainder(time, unit)) / unit;
    if (i > 0) found[i - 1] = at - before;
    before = at;
  }
  return found;
}

/** Never negative. */
const remainder = (value: number, divisor: number): number => {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest + 0;
};

function commonFactor(times: Float64Array): number {
  let factor = 0;
  for (let i = 1; i < times.length && factor !== 1; i++) {
    let rest = (times[i] as number) - (times[i - 1] as number);
    while (rest > 0) [factor, rest] = [rest, factor % rest];
  }
  return factor === 0 ? 1 : factor;
}
