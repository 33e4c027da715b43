import type { EnergyMeters } from "../../domain/home/energy.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import { type Micros, microsFromRfc3339, type Window } from "../../domain/time/time.ts";
import type { StatisticsFunction } from "../../history/statistics/shapes.ts";
import { kwhPer } from "../house/units.ts";
import { type EnergyNeeds, isUnknown, type Named, type Rate, type RateKind } from "../needs.ts";
import type { PricedSlot } from "../windows/windows.ts";
import { type Amount, byDay, combined, type DayAmount, type Rates } from "./amounts.ts";

export type MeterDays = {
  /** The statistic's id. */
  readonly meter: string;
  readonly days: readonly DayAmount[];
  /** Why nothing is known of it. */
  readonly why?: string;
};

export type DaysOf = {
  readonly price: Rate | undefined;
  readonly carbon: Rate | undefined;
  /** From the grid. */
  readonly imported: readonly DayAmount[];
  /** To the grid; its cost is what the same would have cost, not what is paid for it. */
  readonly exported: readonly DayAmount[];
  readonly solar: readonly DayAmount[];
  /** Imported − exported + solar + what the battery gave − what it took, where all of them are known. */
  readonly house: readonly DayAmount[];
  readonly devices: readonly (MeterDays & { readonly name: string | null; readonly within: string | null })[];
};

/** Prices change with the quarter of an hour at the most. */
const RESOLUTION = "15m";
const QUARTER: Micros = 900_000_000;
const MOST_BUCKETS = 10_000;

/** What the meters of the energy dashboard counted, by local day, with what it cost and emitted. */
export async function readDays(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  window: Window,
  calendar: Calendar,
  signal?: AbortSignal,
): Promise<DaysOf> {
  const [price, carbon] = [rateOf(needs, "price"), rateOf(needs, "carbon")];
  const rates: Rates = {
    price: await pastOf(needs, price, window, signal),
    carbon: await pastOf(needs, carbon, window, signal),
  };
  const known = new Map<string, Promise<Counted>>();
  const counted = (meter: string): Promise<Counted> => {
    const asked = known.get(meter) ?? countOf(needs, meter, window, signal);
    known.set(meter, asked);
    return asked;
  };
  const sumOf = async (parts: readonly (readonly [1 | -1, string])[]): Promise<readonly DayAmount[]> => {
    const all = [];
    for (const [sign, meter] of parts) all.push({ sign, amounts: (await counted(meter)).amounts });
    return byDay(combined(all), rates, calendar);
  };
  const ids = (sign: 1 | -1, list: readonly (string | null)[]) =>
    list.flatMap((id) => (id === null ? [] : [[sign, id] as const]));
  const imported = meters.grid.map((one) => one.imported);
  const exported = meters.grid.map((one) => one.exported);
  const solar = meters.solar.map((one) => one.energy);
  const devices = [];
  for (const { energy, name, within } of meters.devices) {
    const { amounts, why } = await counted(energy);
    devices.push({
      meter: energy,
      name,
      within,
      days: byDay(amounts, rates, calendar),
      ...(why === undefined ? {} : { why }),
    });
  }
  return {
    price,
    carbon,
    imported: await sumOf(ids(1, imported)),
    exported: await sumOf(ids(1, exported)),
    solar: await sumOf(ids(1, solar)),
    house: await sumOf([
      ...ids(1, imported),
      ...ids(-1, exported),
      ...ids(1, solar),
      ...ids(
        1,
        meters.battery.map(({ discharged }) => discharged),
      ),
      ...ids(
        -1,
        meters.battery.map(({ charged }) => charged),
      ),
    ]),
    devices,
  };
}

function rateOf(needs: EnergyNeeds, kind: RateKind): Rate | undefined {
  const rate = needs.rate(kind);
  return isUnknown(rate) ? undefined : rate;
}

type Counted = { readonly amounts: readonly Amount[]; readonly why?: string };

async function countOf(needs: EnergyNeeds, meter: string, window: Window, signal?: AbortSignal): Promise<Counted> {
  const series = needs.named(meter);
  if (!series) return { amounts: [], why: "It is not recorded" };
  const { buckets, unit } = await ask(needs, series, "increase", window, signal);
  const per = kwhPer(unit);
  if (per === undefined)
    return { amounts: [], why: unit === null ? "It has no unit" : `Its unit ${unit} is none of energy` };
  return { amounts: buckets.map(({ from, to, value }) => ({ from, to, kwh: value * per })) };
}

/** What a rate was: by its recorded past, and beyond that by what it says itself. */
async function pastOf(
  needs: EnergyNeeds,
  rate: Rate | undefined,
  window: Window,
  signal?: AbortSignal,
): Promise<readonly PricedSlot[]> {
  if (!rate) return [];
  if (!rate.series) return rate.slots;
  const { buckets } = await ask(needs, rate.series, "mean", window, signal);
  return buckets;
}

async function ask(
  needs: EnergyNeeds,
  series: Named,
  function_: StatisticsFunction,
  window: Window,
  signal?: AbortSignal,
): Promise<{ readonly buckets: readonly PricedSlot[]; readonly unit: string | null }> {
  const buckets: PricedSlot[] = [];
  let unit: string | null = null;
  let cursor: string | undefined;
  do {
    const answer = await needs.statistics(
      {
        series: [series],
        from: window.from,
        // The quarter that is on is not over: what it amounts to is not known yet.
        to: Math.min(window.to, Math.floor(needs.clock.now() / QUARTER) * QUARTER),
        resolution: RESOLUTION,
        functions: [function_],
        limit: MOST_BUCKETS,
        timeZone: needs.timeZone(),
        ...(cursor === undefined ? {} : { cursor }),
      },
      signal,
    );
    for (const one of answer.series) {
      unit = one.unit;
      for (const bucket of one.buckets ?? []) {
        const value = bucket[function_];
        const [from, to] = [timeOf(bucket.from), timeOf(bucket.to)];
        if (typeof value === "number") buckets.push({ from, to, value });
      }
    }
    cursor = answer.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return { buckets, unit };
}

const timeOf = (time: string | number): Micros =>
  typeof time === "number" ? time : (microsFromRfc3339(time) as Micros);
