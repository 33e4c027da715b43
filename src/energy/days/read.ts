import { type EnergyMeters, meterOf } from "../../domain/home/energy.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Window } from "../../domain/time/time.ts";
import { houseCounters } from "../house/parts.ts";
import { kwhPer } from "../house/units.ts";
import { type EnergyNeeds, isUnknown, type Rate, type RateKind } from "../needs.ts";
import { readPast, readRate } from "../past.ts";
import { type Amount, byDay, combined, type DayAmount, type Rates } from "./amounts.ts";

export type MeterDays = {
  /** The statistic's id; of a device without a meter of energy its power sensor. */
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

/** What the meters counted, by local day, with what it cost and emitted. */
export async function readDays(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  window: Window,
  calendar: Calendar,
  signal?: AbortSignal,
): Promise<DaysOf> {
  const [price, carbon] = [rateOf(needs, "price"), rateOf(needs, "carbon")];
  const rates: Rates = {
    price: await readRate(needs, price, window, signal),
    carbon: await readRate(needs, carbon, window, signal),
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
  const together = (ids: readonly (string | null)[]) =>
    sumOf(ids.flatMap((id) => (id === null ? [] : [[1, id] as const])));
  const devices = [];
  for (const { energy, power, name, within } of meters.devices) {
    const { amounts, why } = energy === null ? NO_COUNTER : await counted(energy);
    devices.push({
      meter: meterOf({ energy, power }),
      name,
      within,
      days: byDay(amounts, rates, calendar),
      ...(why === undefined ? {} : { why }),
    });
  }
  const house = houseCounters(meters);
  return {
    price,
    carbon,
    imported: await together(meters.grid.map((one) => one.imported)),
    exported: await together(meters.grid.map((one) => one.exported)),
    solar: await together(meters.solar.map((one) => one.energy)),
    house: isUnknown(house) ? [] : await sumOf(house.map(({ sign, entityId }) => [sign, entityId] as const)),
    devices,
  };
}

function rateOf(needs: EnergyNeeds, kind: RateKind): Rate | undefined {
  const rate = needs.rate(kind);
  return isUnknown(rate) ? undefined : rate;
}

type Counted = { readonly amounts: readonly Amount[]; readonly why?: string };
const NO_COUNTER: Counted = { amounts: [], why: "It has a power sensor, and no meter of energy" };

async function countOf(needs: EnergyNeeds, meter: string, window: Window, signal?: AbortSignal): Promise<Counted> {
  const series = needs.named(meter);
  if (!series) return { amounts: [], why: "It is not recorded" };
  const { buckets, unit } = await readPast(needs, series, ["increase"], window, signal);
  const per = kwhPer(unit);
  if (per === undefined)
    return { amounts: [], why: unit === null ? "It has no unit" : `Its unit ${unit} is none of energy` };
  return {
    amounts: buckets.flatMap(({ from, to, increase }) =>
      increase === null ? [] : [{ from, to, kwh: increase * per }],
    ),
  };
}
