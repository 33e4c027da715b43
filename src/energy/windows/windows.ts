import { Failure } from "../../domain/failure.ts";
import type { Micros, Window } from "../../domain/time/time.ts";

/** A time in which a kWh costs, or emits, the same: in currency or in gCO₂ per kWh. May be negative. */
export type PricedSlot = Window & { readonly value: number };

/** A part of a run, with what the device takes in it. */
export type Stage = { readonly length: Micros; readonly watts: number };

export type Run = {
  /** What the device does, in order; not empty, every length above 0. */
  readonly stages: readonly Stage[];
  /** True: it may pause and go on at any time, as a charger may. Only with one stage, since a programme cannot be cut. */
  readonly split: boolean;
};

export type Placed = {
  /** When it runs, in order of time; one where it is not split. */
  readonly parts: readonly Window[];
  /** Sum over the run: in the currency, or in grams. */
  readonly total: number;
  readonly kwh: number;
  /** Per kWh; null: the run takes nothing. */
  readonly mean: number | null;
};

const HOUR: Micros = 3_600_000_000;

export const lengthOf = ({ stages }: Run): Micros => stages.reduce((sum, { length }) => sum + length, 0);

/**
 * Where a run costs least between two times, of all times whose price is known. Of equal ones the earliest.
 *
 * Not split, the total is a function of the beginning that bends only where the beginning or the end of a stage meets
 * that of a slot: the least is at one of these, or at an end of the window.
 *
 * @param slots in order of time, not overlapping; times between them have no price, and nothing is placed there
 * @throws Failure `no_window`: nothing is long enough, and why
 */
export function cheapestRun(run: Run, slots: readonly PricedSlot[], window: Window): Placed {
  const known = clip(slots, window);
  const length = lengthOf(run);
  if (window.to - window.from < length)
    throw new Failure("no_window", "The run is longer than the time it may take", {
      fix: "Give it a later deadline, or a shorter run.",
    });
  const found = run.split ? cheapestParts(run.stages[0] as Stage, known) : cheapestStart(run.stages, known);
  if (found) return found;
  throw new Failure(
    "no_window",
    `Of the time it may take, prices are known of ${hoursOf(slots, window).toFixed(1)} h${run.split ? "" : ", never long enough at a stretch"}`,
    { fix: "Wait until more prices are published, or give it an earlier deadline or a shorter run." },
  );
}

/** Hours of a window that are priced. */
export const hoursOf = (slots: readonly PricedSlot[], window: Window): number =>
  clip(slots, window).reduce((sum, { from, to }) => sum + (to - from), 0) / HOUR;

/** Whether all that is priced of a window costs the same: nothing is gained by waiting. */
export function areAlike(slots: readonly PricedSlot[], window: Window): boolean {
  const [first, ...rest] = clip(slots, window);
  return first !== undefined && rest.every(({ value }) => value === first.value);
}

function clip(slots: readonly PricedSlot[], window: Window): PricedSlot[] {
  return slots
    .map((slot) => ({ ...slot, from: Math.max(slot.from, window.from), to: Math.min(slot.to, window.to) }))
    .filter(({ from, to }) => from < to);
}

/** Slots that follow one another without a hole. */
function stretches(slots: readonly PricedSlot[]): PricedSlot[][] {
  const found: PricedSlot[][] = [];
  for (const slot of slots) {
    const last = found.at(-1);
    if (last && last.at(-1)?.to === slot.from) last.push(slot);
    else found.push([slot]);
  }
  return found;
}

function cheapestStart(stages: readonly Stage[], slots: readonly PricedSlot[]): Placed | undefined {
  const ends = [0];
  for (const { length } of stages) ends.push((ends.at(-1) as Micros) + length);
  const length = ends.at(-1) as Micros;
  let best: { start: Micros; total: number } | undefined;
  for (const stretch of stretches(slots)) {
    const [first, last] = [stretch[0] as PricedSlot, stretch.at(-1) as PricedSlot];
    const latest = last.to - length;
    if (latest < first.from) continue;
    const bounds = [first.from, ...stretch.map(({ to }) => to)];
    const starts = new Set([first.from, latest]);
    for (const bound of bounds)
      for (const end of ends) if (bound - end >= first.from && bound - end <= latest) starts.add(bound - end);
    const cost = accumulated(stretch);
    for (const start of [...starts].sort((a, b) => a - b)) {
      const total = stages.reduce(
        (sum, { watts }, i) =>
          sum + watts * (cost(start + (ends[i + 1] as Micros)) - cost(start + (ends[i] as Micros))),
        0,
      );
      // Less by more than rounding: of equal ones the earliest.
      if (!best || total < best.total - 1e-9 * Math.max(1, Math.abs(best.total))) best = { start, total };
    }
  }
  if (!best) return undefined;
  return placed([{ from: best.start, to: best.start + length }], best.total, energyOf(stages));
}

/** The integral of the price from the beginning of a stretch, in price × hours / 1000: times watts it is a total. */
function accumulated(stretch: readonly PricedSlot[]): (time: Micros) => number {
  const sums = [0];
  for (const { from, to, value } of stretch) sums.push((sums.at(-1) as number) + (value * (to - from)) / HOUR / 1000);
  return (time) => {
    let [low, high] = [0, stretch.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((stretch[middle] as PricedSlot).to < time) low = middle + 1;
      else high = middle;
    }
    const slot = stretch[low] as PricedSlot;
    return (sums[low] as number) + (slot.value * (time - slot.from)) / HOUR / 1000;
  };
}

/** The cheapest slots, the last one in part: at the side where it joins another one, so that the device starts less often. */
function cheapestParts({ length, watts }: Stage, slots: readonly PricedSlot[]): Placed | undefined {
  // A device that gives power earns most where a kWh is dearest.
  const sign = watts < 0 ? -1 : 1;
  const order = [...slots].sort((a, b) => sign * (a.value - b.value) || a.from - b.from);
  const taken: PricedSlot[] = [];
  let rest = length;
  for (const slot of order) {
    if (rest <= 0) break;
    const size = Math.min(rest, slot.to - slot.from);
    const goesOn = taken.some(({ from }) => from === slot.to) && !taken.some(({ to }) => to === slot.from);
    taken.push(goesOn ? { ...slot, from: slot.to - size } : { ...slot, to: slot.from + size });
    rest -= size;
  }
  if (rest > 0) return undefined;
  const total = taken.reduce((sum, { from, to, value }) => sum + (value * watts * (to - from)) / HOUR / 1000, 0);
  const parts: Window[] = [];
  for (const { from, to } of taken.sort((a, b) => a.from - b.from)) {
    const last = parts.at(-1);
    if (last?.to === from) parts[parts.length - 1] = { from: last.from, to };
    else parts.push({ from, to });
  }
  return placed(parts, total, energyOf([{ length, watts }]));
}

const energyOf = (stages: readonly Stage[]): number =>
  stages.reduce((sum, { length, watts }) => sum + (length / HOUR) * (watts / 1000), 0);

const placed = (parts: readonly Window[], total: number, kwh: number): Placed => ({
  parts,
  total,
  kwh,
  mean: kwh === 0 ? null : total / kwh,
});

/** What a run at known times costs or emits by other slots; null where not all of it is known. */
export function totalOf(
  stages: readonly Stage[],
  parts: readonly Window[],
  slots: readonly PricedSlot[],
): number | null {
  let total = 0;
  let [stage, done]: [number, Micros] = [0, 0];
  for (const part of parts) {
    let at = part.from;
    while (at < part.to) {
      const slot = slots.find(({ from, to }) => from <= at && at < to);
      const current = stages[stage];
      if (!slot || !current) return null;
      const until = Math.min(part.to, slot.to, at + current.length - done);
      total += (slot.value * current.watts * (until - at)) / HOUR / 1000;
      done += until - at;
      at = until;
      if (done >= current.length) [stage, done] = [stage + 1, 0];
    }
  }
  return total;
}
