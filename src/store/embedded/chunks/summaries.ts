import { EMPTY_SUMMARY, type Summary } from "../../../domain/summary.ts";
import { type Bytes, putTime, putVarint, reserve, takeTime, takeVarint } from "../format/bytes.ts";
import { takeByte } from "./coding/section.ts";

const FLAG = { lastIsNumber: 1, lastIsRemoval: 2 } as const;
const FIELDS = [
  "firstNumber",
  "lastNumber",
  "min",
  "max",
  "sum",
  "integral",
  "covered",
  "removed",
  "increase",
  "firstCount",
  "lastCount",
] as const;

/** A summary in a file: counts and times as varints, numbers in as few bytes as give them back exactly. */
export function putSummary(bytes: Bytes, summary: Summary): void {
  reserve(bytes, 64 + 10 * FIELDS.length);
  putVarint(bytes, summary.readings);
  if (summary.readings === 0) return;
  putVarint(bytes, summary.changes);
  putVarint(bytes, summary.numbers);
  putTime(bytes, summary.firstTime, 0);
  putTime(bytes, summary.lastTime, summary.firstTime);
  bytes.buffer[bytes.at++] =
    (summary.lastIsNumber ? FLAG.lastIsNumber : 0) | (summary.lastIsRemoval ? FLAG.lastIsRemoval : 0);
  for (const field of FIELDS) putNumber(bytes, summary[field]);
}

export function takeSummary(bytes: Bytes): Summary {
  const readings = takeVarint(bytes);
  if (readings === 0) return EMPTY_SUMMARY;
  const changes = takeVarint(bytes);
  const numbers = takeVarint(bytes);
  const firstTime = takeTime(bytes, 0);
  const lastTime = takeTime(bytes, firstTime);
  const flags = takeByte(bytes);
  const fields = Object.fromEntries(FIELDS.map((field) => [field, takeNumber(bytes)])) as Pick<Summary, Field>;
  return {
    readings,
    changes,
    numbers,
    firstTime,
    lastTime,
    lastIsNumber: (flags & FLAG.lastIsNumber) !== 0,
    lastIsRemoval: (flags & FLAG.lastIsRemoval) !== 0,
    ...fields,
  };
}
type Field = (typeof FIELDS)[number];

/** How many decimals (then a folded whole number follows), or: */
const NONE = 254;
const DOUBLE = 255;
const MOST_DECIMALS = 9;
/** Seven bytes at most: shorter than a double. */
const WORTH_WHOLE = 2 ** 47;

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
