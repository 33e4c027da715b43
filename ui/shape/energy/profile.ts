import type { ProfileSlot } from "../../api-energy-types.ts";

export type DrawnSlot = {
  readonly slot: ProfileSlot;
  readonly x: number;
  readonly width: number;
  /** From the most down to the least of single days. */
  readonly y: number;
  readonly height: number;
};
export type DrawnProfile = {
  readonly slots: readonly DrawnSlot[];
  /** The mean as steps, broken where nothing is known: an SVG path. */
  readonly mean: string;
  readonly unknown: readonly {
    readonly x: number;
    readonly width: number;
    readonly from: string;
    readonly to: string;
  }[];
  readonly least: number;
  readonly most: number;
  /** Where 0 is. */
  readonly zero: number;
};

const MINUTES_A_DAY = 1440;

/** A usual day in a box of 1000 × 100; 0 is always in it. What is not known is no line at 0 but a stretch of its own. */
export function drawnProfile(slots: readonly ProfileSlot[], slotMinutes: number): DrawnProfile {
  const told = slots.flatMap(({ mean, least, most }) => [mean, least, most].filter((one) => one !== null));
  const least = Math.min(0, ...told);
  const most = Math.max(0, ...told);
  const range = most - least || 1;
  const yOf = (watts: number) => rounded(((most - watts) / range) * 100);
  const xOf = (at: string) => rounded((minutesOf(at) / MINUTES_A_DAY) * 1000);
  const width = rounded((slotMinutes / MINUTES_A_DAY) * 1000);
  const drawn: DrawnSlot[] = [];
  const unknown: { x: number; width: number; from: string; to: string }[] = [];
  let mean = "";
  let drawing = false;
  for (const slot of slots) {
    const x = xOf(slot.at);
    if (slot.mean === null) {
      const last = unknown.at(-1);
      const to = endOf(slot.at, slotMinutes);
      if (last?.to === slot.at) unknown[unknown.length - 1] = { ...last, to, width: last.width + width };
      else unknown.push({ x, width, from: slot.at, to });
      drawing = false;
      continue;
    }
    const y = yOf(slot.most ?? slot.mean);
    drawn.push({ slot, x, width, y, height: yOf(slot.least ?? slot.mean) - y });
    mean += `${drawing ? "L" : "M"}${x} ${yOf(slot.mean)}H${rounded(x + width)}`;
    drawing = true;
  }
  return { slots: drawn, mean, unknown, least, most, zero: yOf(0) };
}

const rounded = (number: number): number => Math.round(number * 100) / 100;

const minutesOf = (at: string): number => {
  const [hours = "0", minutes = "0"] = at.split(":");
  return Number(hours) * 60 + Number(minutes);
};

/** `23:00` and 60 → `24:00`. */
export function endOf(at: string, minutes: number): string {
  const end = minutesOf(at) + minutes;
  return `${String(Math.floor(end / 60)).padStart(2, "0")}:${String(end % 60).padStart(2, "0")}`;
}

/** The slots with the highest and the lowest mean; undefined: nothing is known. */
export function extremesOf(slots: readonly ProfileSlot[]): { busiest: ProfileSlot; quietest: ProfileSlot } | undefined {
  const known = slots.filter(({ mean }) => mean !== null);
  const [first] = known;
  if (!first) return undefined;
  const meanOf = ({ mean }: ProfileSlot) => mean ?? 0;
  return {
    busiest: known.reduce((best, one) => (meanOf(one) > meanOf(best) ? one : best), first),
    quietest: known.reduce((best, one) => (meanOf(one) < meanOf(best) ? one : best), first),
  };
}
