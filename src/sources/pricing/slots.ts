import type { OutsideReading, Slot } from "../../domain/outside/outside.ts";
import type { Micros, Window } from "../../domain/time/time.ts";

/** A time at one price, in currency units per kWh. */
export type PriceSlot = Slot & { readonly value: number };

/** A price from a moment on, where the answer does not say until when. null: a time that is named without a price. */
export type PricePoint = { readonly from: Micros; readonly value: number | null };

export const MINUTE: Micros = 60_000_000;
export const HOUR: Micros = 60 * MINUTE;

/** To a millionth: finer than any price is published, and free of the dust of binary fractions. */
export const rounded = (price: number): number => Math.round(price * 1e6) / 1e6 + 0;

/** Markets speak of megawatt hours. */
export const fromPerMwh = (price: number): number => rounded(price / 1000);

/**
 * Slots of which only the beginnings are known. Each is as long as the shorter of the steps before and after it, an hour
 * at most: so the first quarter hour after a day of hours has its quarter hour, and what stands before a hole does not
 * grow into it. The first and the last, which have one neighbour, look two steps far. A price that stands alone has no
 * known end and is left out.
 */
export function slotsFromPoints(points: readonly PricePoint[]): PriceSlot[] {
  const sorted = inOrder(points);
  const step = (index: number): number => {
    const [one, two] = [sorted[index], sorted[index + 1]];
    return one && two ? two.from - one.from : Number.POSITIVE_INFINITY;
  };
  const last = sorted.length - 1;
  return sorted.flatMap(({ from, value }, index) => {
    const before = step(index === 0 ? 1 : index - 1);
    const after = step(index === last ? index - 2 : index);
    const length = Math.min(before, after);
    return value === null || !Number.isFinite(length) ? [] : [{ from, to: from + Math.min(length, HOUR), value }];
  });
}

/** In order of time; of two that begin together the later one counts, and none reaches into the next. */
export function tidy(slots: readonly PriceSlot[]): PriceSlot[] {
  const sorted = inOrder(slots);
  return sorted
    .map((slot, index) => ({ ...slot, to: Math.min(slot.to, sorted[index + 1]?.from ?? slot.to) }))
    .filter(({ from, to }) => from < to);
}

function inOrder<T extends { readonly from: Micros }>(items: readonly T[]): T[] {
  const byTime = new Map(items.map((item) => [item.from, item]));
  return [...byTime.values()].sort((a, b) => a.from - b.from);
}

/** Whether a price is known of all of a time. That is the count that is expected, whatever hours its days have. */
export function covers(slots: readonly PriceSlot[], { from, to }: Window): boolean {
  let reached = from;
  for (const slot of slots) {
    if (slot.from > reached) return false;
    if (slot.to > reached) reached = slot.to;
    if (reached >= to) return true;
  }
  return false;
}

/** Slots that have begun are what was, or is, paid. */
export const begun = (quantity: string, slots: readonly PriceSlot[], now: Micros): OutsideReading[] =>
  slots.filter(({ from }) => from <= now).map(({ from, to, value }) => ({ quantity, time: from, until: to, value }));
