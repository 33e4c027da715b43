import { Failure } from "../../domain/failure.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { areAlike, cheapestRun, hoursOf, type PricedSlot } from "./windows.ts";

export type NoStretch = { readonly why: string };

/** The cheapest stretch of a day, whatever of it is over. A day whose price never changes has none. */
export function cheapestStretch(length: Micros, slots: readonly PricedSlot[], day: Window): Window | NoStretch {
  if (areAlike(slots, day)) {
    const hours = hoursOf(slots, day);
    if (hours < (day.to - day.from) / HOUR)
      return { why: `Only one price is known of today, for ${hours.toFixed(1)} h: nothing to compare it with` };
    return { why: "The price is the same all day: no time of today is cheaper than another" };
  }
  try {
    return cheapestRun({ stages: [{ length, watts: 1000 }], split: false }, slots, day).parts[0] as Window;
  } catch (error) {
    if (error instanceof Failure && error.code === "no_window")
      return { why: "Prices are not known for so long a time of today" };
    throw error;
  }
}

const HOUR: Micros = 3_600_000_000;
