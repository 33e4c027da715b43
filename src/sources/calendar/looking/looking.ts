import type { Occurrence } from "../../../domain/outside/occurrence.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { dateOf, ianaZone } from "../ics/time/wall.ts";

const takesPlace = ({ status }: Occurrence): boolean => status !== "cancelled";

/** What is on at a time. What lasts no time is never on. */
export const onAt = (occurrences: readonly Occurrence[], time: Micros): Occurrence[] =>
  occurrences.filter((one) => takesPlace(one) && one.start <= time && one.end > time);

/** What begins after a time, the first ones first. */
export const nextAfter = (occurrences: readonly Occurrence[], time: Micros, most: number): Occurrence[] =>
  occurrences.filter((one) => takesPlace(one) && one.start > time).slice(0, most);

/** An event of whole days takes nobody's time unless its calendar says so: a birthday does not. */
export const takesTime = (one: Occurrence): boolean => takesPlace(one) && (one.busy ?? one.dates === null);

export type BusySlot = Window & {
  /** Every event of that time is one that may not take place. */
  readonly tentative: boolean;
};

/** The times of a window that are taken, merged, in order. */
export function busySlots(occurrences: readonly Occurrence[], window: Window): BusySlot[] {
  const taken = occurrences.filter((one) => takesTime(one) && one.end > window.from && one.start < window.to);
  const sure = merged(
    taken.filter(({ status }) => status === "confirmed"),
    window,
  );
  const edges = [...new Set(taken.flatMap(({ start, end }) => [clip(start, window), clip(end, window)]))].sort(
    (a, b) => a - b,
  );
  const slots: BusySlot[] = [];
  for (const [at, from] of edges.slice(0, -1).entries()) {
    const to = edges[at + 1] as Micros;
    if (!taken.some(({ start, end }) => start < to && end > from)) continue;
    const tentative = !sure.some((one) => one.from < to && one.to > from);
    const last = slots.at(-1);
    if (last && last.to === from && last.tentative === tentative) slots[slots.length - 1] = { ...last, to };
    else slots.push({ from, to, tentative });
  }
  return slots;
}

/** The times of a window that are not in any of the slots. */
export function freeSlots(busy: readonly Window[], window: Window): Window[] {
  const free: Window[] = [];
  let at = window.from;
  for (const { from, to } of busy) {
    if (from > at) free.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (window.to > at) free.push({ from: at, to: window.to });
  return free;
}

function merged(occurrences: readonly Occurrence[], window: Window): Window[] {
  const windows: Window[] = [];
  for (const { start, end } of occurrences.toSorted((a, b) => a.start - b.start)) {
    const one = { from: clip(start, window), to: clip(end, window) };
    const last = windows.at(-1);
    if (last && one.from <= last.to) windows[windows.length - 1] = { from: last.from, to: Math.max(last.to, one.to) };
    else windows.push(one);
  }
  return windows;
}

const clip = (time: Micros, { from, to }: Window): Micros => Math.min(Math.max(time, from), to);

/** The holidays of the local day of a time, of the calendars that are of holidays. */
export function holidaysAt(
  occurrences: readonly Occurrence[],
  isHoliday: (one: Occurrence) => boolean,
  time: Micros,
  timeZone: string,
): string[] {
  const date = dateOf(ianaZone(timeZone).wall(time / 1000));
  const names = occurrences
    .filter((one) => takesPlace(one) && isHoliday(one) && one.dates && one.dates.from <= date && date < one.dates.to)
    .flatMap(({ summary }) => (summary === null ? [] : [summary]));
  return [...new Set(names)];
}
