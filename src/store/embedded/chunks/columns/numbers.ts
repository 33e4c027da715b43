import { putTime, reserve, takeTime, takeVarint } from "../../format/bytes.ts";
import { fold, type IntsPlan, planInts, readInts, scratch, unfold, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import { putByte, putCount, type SectionReader, type SectionWriter, takeByte, takeCount } from "../coding/section.ts";

/**
 * Whole numbers of either sign. Either each as the distance from the one before, in units of what all distances have in
 * common; or, where the same few come again and again, as their places in the sorted list of them: what a sensor cannot
 * show then costs nothing, and neighbours are one step apart however unevenly they were rounded.
 */
const FORM = { steps: 0, places: 1, placeSteps: 2 } as const;

/** The numbers and any two of them must be less than this apart: sums of doubles are exact. */
export const WIDEST_NUMBER = 2 ** 51;

export function writeNumbers(section: SectionWriter, values: Float64Array): void {
  if (values.length === 0) return;
  const factor = commonStep(values);
  const steps = foldedSteps(values, factor);
  const stepsPlan = planInts(steps);
  const listed = places(values);
  if (listed) {
    const gaps = Float64Array.from({ length: listed.table.length - 1 }, (_, i) => {
      return (listed.table[i + 1] as number) - (listed.table[i] as number) - 1;
    });
    const gapsPlan = planInts(gaps);
    const placesPlan = planInts(listed.places);
    const placeSteps = foldedSteps(listed.places, 1);
    const placeStepsPlan = planInts(placeSteps);
    const byStep = placeStepsPlan.cost <= placesPlan.cost;
    const chosen: IntsPlan = byStep ? placeStepsPlan : placesPlan;
    if (chosen.cost + gapsPlan.cost + 16 < stepsPlan.cost) {
      putByte(section.plain, byStep ? FORM.placeSteps : FORM.places);
      putCount(section.plain, listed.table.length);
      putFirst(section, listed.table[0] as number);
      writeInts(section, gaps, gapsPlan);
      if (byStep) putCount(section.plain, listed.places[0] as number);
      writeInts(section, byStep ? placeSteps : listed.places, chosen);
      return;
    }
  }
  putByte(section.plain, FORM.steps);
  putFirst(section, values[0] as number);
  putCount(section.plain, factor);
  writeInts(section, steps, stepsPlan);
}

export function readNumbers(section: SectionReader, count: number): Float64Array {
  const values = new Float64Array(count);
  if (count === 0) return values;
  const { plain } = section;
  const form = takeByte(plain);
  if (form === FORM.steps) {
    const first = takeTime(plain, 0);
    const factor = takeVarint(plain);
    addUp(values, first, readInts(section, count - 1, scratch(count)), factor);
    return values;
  }
  must(form === FORM.places || form === FORM.placeSteps, "numbers are written in an unknown way");
  const table = new Float64Array(takeCount(plain, count));
  must(table.length > 0, "a list of numbers is empty");
  let last = takeTime(plain, 0);
  table[0] = last;
  const gaps = readInts(section, table.length - 1);
  for (let i = 1; i < table.length; i++) {
    last += (gaps[i - 1] as number) + 1;
    table[i] = last;
  }
  if (form === FORM.placeSteps) {
    const first = takeCount(plain, table.length - 1);
    addUp(values, first, readInts(section, count - 1, scratch(count)), 1);
  } else readInts(section, count, values);
  must(lookUp(values, table) < table.length, "a place is not in the list");
  return values;
}

/** Answers the last place that was looked up. */
function lookUp(values: Float64Array, table: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const place = values[i] as number;
    // Nothing but whole numbers from 0 on is read; a larger one than the last would be undefined.
    if (place > most) most = place;
    values[i] = table[place] as number;
  }
  return most;
}

function addUp(values: Float64Array, first: number, steps: Float64Array, factor: number): void {
  let value = first;
  values[0] = value;
  for (let i = 0; i < values.length - 1; i++) {
    const folded = steps[i] as number;
    value += factor * unfold(folded);
    values[i + 1] = value;
  }
}

function putFirst({ plain }: SectionWriter, value: number): void {
  reserve(plain, 10);
  putTime(plain, value, 0);
}

function foldedSteps(values: Float64Array, factor: number): Float64Array {
  const steps = new Float64Array(values.length - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = fold(((values[i + 1] as number) - (values[i] as number)) / factor);
  return steps;
}

function commonStep(values: Float64Array): number {
  let factor = 0;
  for (let i = 1; i < values.length && factor !== 1; i++) {
    let rest = Math.abs((values[i] as number) - (values[i - 1] as number));
    while (rest > 0) [factor, rest] = [rest, factor % rest];
  }
  return factor === 0 ? 1 : factor;
}

/** undefined: too many differ for a list of them to pay. */
function places(values: Float64Array): { table: Float64Array; places: Float64Array } | undefined {
  const most = values.length >> 1;
  const distinct = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    distinct.set(values[i] as number, 0);
    if (distinct.size > most) return undefined;
  }
  const table = Float64Array.from(distinct.keys()).sort();
  for (let i = 0; i < table.length; i++) distinct.set(table[i] as number, i);
  const found = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) found[i] = distinct.get(values[i] as number) as number;
  return { table, places: found };
}
