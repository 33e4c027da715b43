import type { Slot } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";

export const MINUTE: Micros = 60_000_000;

/** gCO₂ per kWh; whoever answers more has mistaken its unit. */
export const MOST_INTENSITY = 3000;

/** Neighbours of one value are one slot: a forecast in steps of five minutes is short then. */
export function joined(slots: readonly (Slot & { readonly value: number })[]): Slot[] {
  const all: Slot[] = [];
  for (const slot of [...slots].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && last.to === slot.from && last.value === slot.value) all[all.length - 1] = { ...last, to: slot.to };
    else if (!last || last.to <= slot.from) all.push(slot);
  }
  return all;
}
