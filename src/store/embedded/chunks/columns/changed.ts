import { readInts, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import type { SectionReader, SectionWriter } from "../coding/section.ts";
import { readExactNumbers, writeExactNumbers } from "./exact-numbers.ts";

/**
 * Since when a row's state has its text. What is expected follows from the states: a text unlike the one before is new
 * with its row, one like it is as old as it was. Only what is otherwise is told.
 */
const AS = { expected: 0, time: 1, before: 2, other: 3 } as const;

/** `isSame`: whether a row's state has the text of the row before. */
export type Rows = { readonly times: Float64Array; isSame(row: number): boolean };

export function writeChanged(section: SectionWriter, changed: Float64Array, { times, isSame }: Rows): void {
  const told = new Float64Array(changed.length);
  const others: number[] = [];
  for (let i = 0; i < changed.length; i++) {
    const value = changed[i] as number;
    const before = i > 0 ? changed[i - 1] : times[i];
    const same = i > 0 && isSame(i);
    if (value === (same ? before : times[i])) continue;
    told[i] = value === times[i] ? AS.time : value === before ? AS.before : AS.other;
    if (told[i] === AS.other) others.push(i);
  }
  writeInts(section, told);
  // Distances are small, and exact where they are; else the times themselves are told.
  const distances = Float64Array.from(others, (i) => (times[i] as number) - (changed[i] as number));
  const near = distances.every((distance) => Math.abs(distance) < 2 ** 52);
  if (others.length === 0) return;
  writeInts(section, Float64Array.of(near ? 1 : 0));
  writeExactNumbers(section, near ? distances : Float64Array.from(others, (i) => changed[i] as number));
}

export function readChanged(section: SectionReader, { times, isSame }: Rows): Float64Array {
  const told = readInts(section, times.length);
  const changed = new Float64Array(times.length);
  const others: number[] = [];
  let most = 0;
  for (let i = 0; i < told.length; i++) {
    if (told[i] === AS.other) others.push(i);
    if ((told[i] as number) > most) most = told[i] as number;
  }
  must(most <= AS.other, "a time of change is told in an unknown way");
  const near = others.length > 0 && readInts(section, 1)[0] === 1;
  const values = readExactNumbers(section, others.length);
  for (const [at, i] of others.entries())
    changed[i] = near ? (times[i] as number) - (values[at] as number) : (values[at] as number);
  for (let i = 0; i < told.length; i++) {
    const how = told[i];
    if (how === AS.other) continue;
    const time = times[i] as number;
    const before = i > 0 ? (changed[i - 1] as number) : time;
    if (how === AS.before || (how === AS.expected && i > 0 && isSame(i))) changed[i] = before;
    else changed[i] = time;
  }
  return changed;
}
