import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros } from "../../domain/time/time.ts";
import { clockOf, type LocalDay } from "../days/local.ts";
import type { KnownPower } from "../house/measured.ts";
import { QUARTER } from "../past.ts";

export type ProfileSlot = {
  /** What the clocks show at its beginning: the time since midnight. */
  readonly at: Micros;
  /** Watts, over all of the time that is known; null: nothing is. */
  readonly mean: number | null;
  /** Of the days' own means of this slot; null: no day knows enough of it. */
  readonly least: number | null;
  readonly most: number | null;
  /** The share of its time, over all days, that is known. */
  readonly known: number;
  /** How many days know enough of it for `least` and `most`. */
  readonly days: number;
};

export type Profile = {
  readonly known: number;
  /** Watts, over all of the time that is known. */
  readonly mean: number | null;
  /** Of a mean day of 24 hours; null: of a slot nothing is known. */
  readonly kwhPerDay: number | null;
  readonly slots: readonly ProfileSlot[];
};

const DAY: Micros = 86_400_000_000;
const HOUR: Micros = 3_600_000_000;
/** Less of a day's slot says little of it. */
const ENOUGH = 0.5;

type Sum = { time: number; known: number; integral: number };
type SlotSum = Sum & { least: number | null; most: number | null; days: number };

/**
 * The power by what the clocks show, over the given days. An hour that is there twice where clocks are put back counts
 * twice, one that is left out does not count; nothing stands in for what is not known.
 *
 * @param known in the order of time; what is longer than a slot, or reaches over its end, cannot be told apart and is not used
 * @param days in the order of time
 * @param slot divides a day, and is a quarter of an hour or a multiple of it
 */
export function profileOf(
  known: readonly KnownPower[],
  days: readonly LocalDay[],
  slot: Micros,
  calendar: Calendar,
): Profile {
  const slots = Array.from({ length: DAY / slot }, (): SlotSum => ({ ...ZERO, least: null, most: null, days: 0 }));
  let next = 0;
  for (const day of days) {
    const clock = clockOf(day, calendar);
    const slotOf = (time: Micros) => Math.floor(clock(time) / slot);
    const own = new Map<number, Sum>();
    for (let at = day.from; at < day.to; ) {
      const end = Math.min(day.to, (Math.floor(at / QUARTER) + 1) * QUARTER);
      sumOf(own, slotOf(at)).time += end - at;
      at = end;
    }
    while (next < known.length && (known[next] as KnownPower).from < day.from) next++;
    for (; next < known.length && (known[next] as KnownPower).from < day.to; next++) {
      const { from, to, watts, share } = known[next] as KnownPower;
      const index = slotOf(from);
      if (to > day.to || to - from > slot || slotOf(to - 1) !== index) continue;
      const sum = sumOf(own, index);
      sum.known += share * (to - from);
      sum.integral += watts * share * (to - from);
    }
    for (const [index, sum] of own) addDay(slots[index] as SlotSum, sum);
  }
  const all = { ...ZERO };
  for (const sum of slots) add(all, sum);
  const told = slots.map(({ least, most, days: count, ...sum }, i) => ({
    at: i * slot,
    mean: meanOf(sum),
    ...{ least, most, known: shareOf(sum), days: count },
  }));
  const perDay = told.reduce<number | null>(
    (kwh, { mean }) => (kwh === null || mean === null ? null : kwh + (mean / 1000) * (slot / HOUR)),
    0,
  );
  return { known: shareOf(all), mean: meanOf(all), kwhPerDay: perDay, slots: told };
}

const ZERO: Readonly<Sum> = Object.freeze({ time: 0, known: 0, integral: 0 });
const meanOf = ({ known, integral }: Sum): number | null => (known === 0 ? null : integral / known);
const shareOf = ({ time, known }: Sum): number => (time === 0 ? 0 : Math.min(1, known / time));

function sumOf(own: Map<number, Sum>, index: number): Sum {
  const sum = own.get(index) ?? { ...ZERO };
  own.set(index, sum);
  return sum;
}

function add(to: Sum, { time, known, integral }: Sum): void {
  to.time += time;
  to.known += known;
  to.integral += integral;
}

function addDay(slot: SlotSum, own: Sum): void {
  add(slot, own);
  const mean = meanOf(own);
  if (mean === null || own.known < ENOUGH * own.time) return;
  slot.days++;
  slot.least = slot.least === null ? mean : Math.min(slot.least, mean);
  slot.most = slot.most === null ? mean : Math.max(slot.most, mean);
}
