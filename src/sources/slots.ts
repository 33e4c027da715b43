import type { Issue, Slot } from "../domain/outside/outside.ts";
import type { Micros } from "../domain/time/time.ts";

export const HOUR: Micros = 3_600_000_000;
export const DAY: Micros = 24 * HOUR;

/** What an answer says of the times to come, by quantity. */
export type Heard = Map<string, Slot[]>;

/** undefined and null are values that the answer does not hold: they make no slot. */
export function hear(
  heard: Heard,
  quantity: string,
  from: Micros,
  to: Micros,
  value: number | string | null | undefined,
) {
  if (value === undefined || value === null) return;
  const slots = heard.get(quantity);
  if (slots) slots.push({ from, to, value });
  else heard.set(quantity, [{ from, to, value }]);
}

/** In order of time, without what is over, and without a time of which something was said already. */
export function issuesOf(heard: Heard, issued: Micros, now: Micros): Issue[] {
  const issues: Issue[] = [];
  for (const [quantity, found] of heard) {
    const slots: Slot[] = [];
    for (const slot of found.sort((a, b) => a.from - b.from))
      if (slot.to > now && slot.from < slot.to && slot.from >= (slots.at(-1)?.to ?? slot.from)) slots.push(slot);
    if (slots.length > 0) issues.push({ quantity, issued, slots });
  }
  return issues;
}
