import type { Micros, Window } from "../../domain/time/time.ts";
import type { Rate } from "../needs.ts";
import { areAlike } from "./windows.ts";

/** How a slot's price stands in its day: the cheapest third of the day's time, the dearest, or between. */
export type Level = "cheap" | "usual" | "dear";

export type PlannedSlot = Window & { readonly price: number; readonly carbon: number | null; readonly level: Level };

export type DayPlan = {
  readonly day: Window;
  readonly price: Rate;
  readonly carbon: Rate | undefined;
  readonly slots: readonly PlannedSlot[];
  /** Of the day's time, 0 to 1. */
  readonly known: number;
  /** Weighted by time; null: nothing is known. */
  readonly mean: number | null;
  /** All that is priced of it costs the same: no time is cheaper than another. */
  readonly alike: boolean;
};

/** A day's slots as they are priced, with what they emit. */
export function planOf(day: Window, price: Rate, carbon: Rate | undefined): DayPlan {
  const slots = price.slots
    .filter(({ from, to }) => from < day.to && to > day.from)
    .map((slot) => ({ ...slot, from: Math.max(slot.from, day.from), to: Math.min(slot.to, day.to) }));
  const known = slots.reduce((sum, { from, to }) => sum + to - from, 0);
  const levels = levelsOf(slots, known);
  return {
    day,
    price,
    carbon,
    slots: slots.map((slot, i) => ({
      from: slot.from,
      to: slot.to,
      price: slot.value,
      carbon: carbon ? meanOf(carbon.slots, slot) : null,
      level: levels[i] as Level,
    })),
    known: known / (day.to - day.from),
    mean: known === 0 ? null : slots.reduce((sum, { from, to, value }) => sum + value * (to - from), 0) / known,
    alike: areAlike(price.slots, day),
  };
}

type Slot = Window & { readonly value: number };

/** Slots of one price are of one level: where all are alike, all are usual. */
function levelsOf(slots: readonly Slot[], known: Micros): Level[] {
  const sorted = [...slots].sort((a, b) => a.value - b.value);
  const at = (share: number): number => {
    let sum = 0;
    for (const { from, to, value } of sorted) {
      sum += to - from;
      if (sum >= share * known) return value;
    }
    return sorted.at(-1)?.value ?? 0;
  };
  const [low, high] = [at(1 / 3), at(2 / 3)];
  return slots.map(({ value }) => {
    if (low === high) return value < low ? "cheap" : value > high ? "dear" : "usual";
    return value <= low ? "cheap" : value > high ? "dear" : "usual";
  });
}

/** Weighted by time; null where not all of it is known. */
function meanOf(slots: readonly Slot[], { from, to }: Window): number | null {
  let [sum, covered] = [0, 0];
  for (const slot of slots) {
    const length = Math.min(to, slot.to) - Math.max(from, slot.from);
    if (length <= 0) continue;
    sum += length * slot.value;
    covered += length;
  }
  return covered === to - from ? sum / covered : null;
}
