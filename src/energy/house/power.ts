import type { EnergyMeters, SignedMeter } from "../../domain/home/energy.ts";
import type { PowerReading } from "../effects/effects.ts";
import type { Unknown } from "../needs.ts";

/** What a power meter tells now; null: nothing that is a power. */
export type MeterNow = (entityId: string) => { readonly watts: number | null; readonly why?: string };

export type PowerNow = {
  /** Of the whole house; null: not known, `why` says it. */
  readonly house: number | null;
  /** Below 0: fed into the grid. */
  readonly grid: number | null;
  readonly solar: number | null;
  /** Below 0: charging. */
  readonly battery: number | null;
  readonly why?: string;
  readonly fix?: string;
};

/** The meters of power that together are the house: what comes from the grid, the roof and the battery. */
export function houseMeters(meters: EnergyMeters): readonly SignedMeter[] {
  return [...meters.grid, ...meters.solar, ...meters.battery].flatMap(({ power }) => power);
}

export const CHOOSE_METERS =
  "Choose one for it: in Home Assistant under Settings, Dashboards, Energy, or among the hub's own choice of meters.";

/** Whether the power of the house can be told at all: of every part that has a meter of energy, its power as well. */
export function whyNoPower(meters: EnergyMeters): Unknown | undefined {
  const fix = CHOOSE_METERS;
  if (meters.grid.every(({ power }) => power.length === 0)) return { why: "The grid has no power sensor", fix };
  // A house with a roof takes what the roof gives, too: without it the sum would be wrong, not only incomplete.
  if (meters.solar.some(({ power }) => power.length === 0)) return { why: "A solar system has no power sensor", fix };
  if (meters.battery.some(({ power }) => power.length === 0)) return { why: "A battery has no power sensor", fix };
  return undefined;
}

export function powerNow(meters: EnergyMeters, now: MeterNow): PowerNow {
  let why: string | undefined;
  const sum = (parts: readonly { readonly power: readonly SignedMeter[] }[]): number | null => {
    const signed = parts.flatMap(({ power }) => power);
    if (signed.length === 0) return null;
    let total = 0;
    for (const { entityId, sign } of signed) {
      const told = now(entityId);
      if (told.watts === null) {
        why ??= `${entityId}: ${told.why ?? "it tells no power"}`;
        return null;
      }
      total += sign * told.watts;
    }
    return total;
  };
  const [grid, solar, battery] = [sum(meters.grid), sum(meters.solar), sum(meters.battery)];
  const missing = whyNoPower(meters);
  if (missing) return { house: null, grid, solar, battery, ...missing };
  if (why !== undefined) return { house: null, grid, solar, battery, why };
  return { house: (grid ?? 0) + (solar ?? 0) + (battery ?? 0), grid, solar, battery };
}

/** One meter's readings, in order of time. */
export type MeterReadings = { readonly sign: 1 | -1; readonly readings: readonly PowerReading[] };

/** The sum of several meters: it changes when one of them does, and is known while all of them are. */
export function sumOf(meters: readonly MeterReadings[]): PowerReading[] {
  const next = meters.map(() => 0);
  const held: (number | null)[] = meters.map(() => null);
  const sums: PowerReading[] = [];
  for (;;) {
    let time = Number.POSITIVE_INFINITY;
    for (const [i, { readings }] of meters.entries())
      time = Math.min(time, readings[next[i] as number]?.time ?? Number.POSITIVE_INFINITY);
    if (time === Number.POSITIVE_INFINITY) return sums;
    for (const [i, { sign, readings }] of meters.entries()) {
      for (let at = next[i] as number; readings[at]?.time === time; at++) {
        const { watts } = readings[at] as PowerReading;
        held[i] = watts === null ? null : sign * watts;
        next[i] = at + 1;
      }
    }
    const watts = held.reduce((sum: number | null, one) => (sum === null || one === null ? null : sum + one), 0);
    if (sums.at(-1)?.watts !== watts || sums.length === 0) sums.push({ time, watts });
  }
}
