import { EMPTY_SUMMARY, type Summary } from "../../../domain/data/summary.ts";
import { type Bytes, putTime, putVarint, reserve, takeTime, takeVarint } from "../format/bytes.ts";
import { takeByte } from "./coding/section.ts";

/** What most summaries have in common costs a bit: a day of a sensor takes some 25 bytes in place of 100. */
const FLAG = {
  lastIsNumber: 1,
  lastIsRemoval: 2,
  /** Every reading is a number, and every one a change. */
  allNumbers: 4,
  allChanges: 8,
  /** The first and last count are the first and last number. */
  countsAreNumbers: 16,
  /** Covered from the first reading to the last. */
  covered: 32,
  neverRemoved: 64,
  /** The numbers are decimals, told from the first one. */
  decimals: 128,
} as const;

/** Sums and integrals are exact to rounding: what is told of them is exact to this share. */
const ROUNDING = 1e-12;
const MOST_DECIMALS = 9;
const POWERS = Array.from({ length: MOST_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);
/** Larger ones are shorter as doubles. */
const WORTH_WHOLE = 2 ** 47;
const INTEGRAL_UNIT = 1e6;

/** `before`: the summary put just before this one, of the same series; its end is what this one is told from. */
export function putSummary(bytes: Bytes, summary: Summary, before: Summary = EMPTY_SUMMARY): void {
  reserve(bytes, 160);
  putVarint(bytes, summary.readings);
  if (summary.readings === 0) return;
  const { readings, changes, numbers, firstTime, lastTime, removed } = summary;
  const isCovered = isNear(spanOf(summary), summary.covered);
  const covered = isCovered ? spanOf(summary) : summary.covered;
  const decimals = decimalsOf({ ...summary, covered });
  const flags =
    (summary.lastIsNumber ? FLAG.lastIsNumber : 0) |
    (summary.lastIsRemoval ? FLAG.lastIsRemoval : 0) |
    (numbers === readings ? FLAG.allNumbers : 0) |
    (changes === readings ? FLAG.allChanges : 0) |
    (Object.is(summary.firstCount, summary.firstNumber) && Object.is(summary.lastCount, summary.lastNumber)
      ? FLAG.countsAreNumbers
      : 0) |
    (isCovered ? FLAG.covered : 0) |
    (Object.is(removed, 0) ? FLAG.neverRemoved : 0) |
    (decimals === undefined ? 0 : FLAG.decimals);
  bytes.buffer[bytes.at++] = flags;
  putTime(bytes, firstTime, endOf(before));
  putTime(bytes, lastTime, firstTime);
  if (numbers !== readings) putVarint(bytes, numbers);
  if (changes !== readings) putVarint(bytes, changes);
  if (!isCovered) putNumber(bytes, covered);
  if (!(flags & FLAG.neverRemoved)) putNumber(bytes, removed);
  if (decimals === undefined) for (const field of FIELDS) putNumber(bytes, summary[field]);
  else putDecimals(bytes, { ...summary, covered }, decimals, before);
  if (flags & FLAG.countsAreNumbers) return;
  putNumber(bytes, summary.firstCount);
  putNumber(bytes, summary.lastCount);
}

/** In one piece, without a part of it being an object of its own: a year of one sensor is 365 of them for each question. */
export function takeSummary(bytes: Bytes, before: Summary = EMPTY_SUMMARY): Summary {
  const readings = takeVarint(bytes);
  if (readings === 0) return EMPTY_SUMMARY;
  const flags = takeByte(bytes);
  const firstTime = takeTime(bytes, endOf(before));
  const lastTime = takeTime(bytes, firstTime);
  const numbers = flags & FLAG.allNumbers ? readings : takeVarint(bytes);
  const changes = flags & FLAG.allChanges ? readings : takeVarint(bytes);
  const covered = flags & FLAG.covered ? (lastTime - firstTime) / 1e6 : takeNumber(bytes);
  const removed = flags & FLAG.neverRemoved ? 0 : takeNumber(bytes);
  let firstNumber: number;
  let lastNumber: number;
  let min: number;
  let max: number;
  let sum: number;
  let integral: number;
  let increase: number;
  if (flags & FLAG.decimals) {
    const power = POWERS[takeByte(bytes)] as number;
    const first = takeTime(bytes, startOf(before, power));
    firstNumber = first / power;
    lastNumber = takeTime(bytes, first) / power;
    min = (first - takeVarint(bytes)) / power;
    max = (first + takeVarint(bytes)) / power;
    sum = takeTime(bytes, numbers * first) / power;
    integral = firstNumber * covered + takeTime(bytes, 0) / INTEGRAL_UNIT;
    increase = takeTime(bytes, 0) / power;
  } else {
    firstNumber = takeNumber(bytes);
    lastNumber = takeNumber(bytes);
    min = takeNumber(bytes);
    max = takeNumber(bytes);
    sum = takeNumber(bytes);
    integral = takeNumber(bytes);
    increase = takeNumber(bytes);
  }
  const areNumbers = (flags & FLAG.countsAreNumbers) !== 0;
  const firstCount = areNumbers ? firstNumber : takeNumber(bytes);
  const lastCount = areNumbers ? lastNumber : takeNumber(bytes);
  return {
    readings,
    changes,
    numbers,
    firstTime,
    lastTime,
    firstNumber,
    lastNumber,
    lastIsNumber: (flags & FLAG.lastIsNumber) !== 0,
    lastIsRemoval: (flags & FLAG.lastIsRemoval) !== 0,
    min,
    max,
    sum,
    integral,
    covered,
    removed,
    increase,
    firstCount,
    lastCount,
  };
}

const FIELDS = ["firstNumber", "lastNumber", "min", "max", "sum", "integral", "increase"] as const;

const endOf = ({ readings, lastTime }: Summary): number => (readings === 0 ? 0 : lastTime);
const spanOf = ({ firstTime, lastTime }: Pick<Summary, "firstTime" | "lastTime">): number =>
  (lastTime - firstTime) / 1e6;
const isNear = (told: number, value: number): boolean => Math.abs(told - value) <= ROUNDING * Math.abs(value);

/** In how many decimals first, last, least and greatest are exact, and the rest as good as; undefined: in none. */
function decimalsOf(summary: Summary): number | undefined {
  const { firstNumber, lastNumber, min, max, sum, integral, increase, covered, numbers } = summary;
  if (numbers === 0) return undefined;
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const power = 10 ** decimals;
    const exact = [firstNumber, lastNumber, min, max].every((value) => {
      const whole = Math.round(value * power);
      return Math.abs(whole) < WORTH_WHOLE && whole / power === value && !Object.is(value, -0);
    });
    if (!exact) continue;
    const [all, more, rest] = [sum * power, increase * power, (integral - firstNumber * covered) * INTEGRAL_UNIT];
    const start = numbers * firstNumber * power;
    const fits = [all, more, rest, start].every((value) => Math.abs(value) < WORTH_WHOLE);
    const toldIntegral = firstNumber * covered + Math.round(rest) / INTEGRAL_UNIT;
    const near = isNear(Math.round(all) / power, sum) && isNear(Math.round(more) / power, increase);
    return fits && near && isNear(toldIntegral, integral) ? decimals : undefined;
  }
  return undefined;
}

/** Where the run before ended, in the same decimals: where this one goes on, as a rule. */
function startOf({ lastNumber }: Summary, power: number): number {
  const whole = Math.round(lastNumber * power);
  return Math.abs(whole) < WORTH_WHOLE ? whole : 0;
}

function putDecimals(bytes: Bytes, summary: Summary, decimals: number, before: Summary): void {
  const power = 10 ** decimals;
  const whole = (value: number) => Math.round(value * power);
  const first = whole(summary.firstNumber);
  const { integral, covered, firstNumber, numbers } = summary;
  bytes.buffer[bytes.at++] = decimals;
  putTime(bytes, first, startOf(before, power));
  putTime(bytes, whole(summary.lastNumber), first);
  putVarint(bytes, first - whole(summary.min));
  putVarint(bytes, whole(summary.max) - first);
  putTime(bytes, whole(summary.sum), numbers * first);
  putTime(bytes, Math.round((integral - firstNumber * covered) * INTEGRAL_UNIT), 0);
  putTime(bytes, whole(summary.increase), 0);
}

/** How many decimals (then a folded whole number follows), or: */
const NONE = 254;
const DOUBLE = 255;

function putNumber(bytes: Bytes, value: number): void {
  if (Number.isNaN(value)) {
    bytes.buffer[bytes.at++] = NONE;
    return;
  }
  for (let decimals = 0; decimals <= MOST_DECIMALS && !Object.is(value, -0); decimals++) {
    const whole = Math.round(value * 10 ** decimals);
    if (Math.abs(whole) >= WORTH_WHOLE) break;
    if (whole / 10 ** decimals !== value) continue;
    bytes.buffer[bytes.at++] = decimals;
    putTime(bytes, whole, 0);
    return;
  }
  bytes.buffer[bytes.at++] = DOUBLE;
  bytes.at = bytes.buffer.writeDoubleLE(value, bytes.at);
}

function takeNumber(bytes: Bytes): number {
  const how = takeByte(bytes);
  if (how === NONE) return Number.NaN;
  if (how !== DOUBLE) return takeTime(bytes, 0) / 10 ** how;
  bytes.at += 8;
  return bytes.buffer.readDoubleLE(bytes.at - 8);
}
