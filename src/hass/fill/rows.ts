import type { Change } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";

const REMOVED = "\u0000removed";
/** By what a row of one series is known again. */
export const rowKey = (time: Micros, state: string | null): string => `${time}|${state ?? REMOVED}`;
export const timeOf = (key: string): Micros => Number(key.slice(0, key.indexOf("|")));

/**
 * A removal that was heard live has the time of its arrival, and history the time of its happening: they are the same
 * where no state lies between them.
 */
export function heldRemovals(held: ReadonlySet<string>, rows: readonly Change[]): (change: Change) => boolean {
  const removals = [...held].filter((key) => key.endsWith(`|${REMOVED}`)).map(timeOf);
  const states = [...held].filter((key) => !key.endsWith(`|${REMOVED}`)).map(timeOf);
  for (const { time, state } of rows) if (state !== null) states.push(time);
  states.sort((a, b) => a - b);
  return ({ time, state }) => {
    if (state !== null || removals.length === 0) return false;
    const next = states.findIndex((other) => other > time);
    const after = next === -1 ? Number.POSITIVE_INFINITY : (states[next] as Micros);
    const before =
      next === 0 ? Number.NEGATIVE_INFINITY : (states.at(next === -1 ? -1 : next - 1) ?? Number.NEGATIVE_INFINITY);
    return removals.some((removal) => removal > before && removal < after);
  };
}
