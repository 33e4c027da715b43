import { type EnergyMeters, type MeteredDevice, meterOf, wholeHouseMeters } from "../../domain/home/energy.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Window } from "../../domain/time/time.ts";
import { daysIn } from "../days/local.ts";
import { type Measured, readMeasured } from "../house/measured.ts";
import { type Ways, waysOf } from "../house/parts.ts";
import { CHOOSE_METERS } from "../house/power.ts";
import { type EnergyNeeds, isUnknown, type Rate, type Unknown } from "../needs.ts";
import { lastQuarter, readRate } from "../past.ts";
import type { PricedSlot } from "../windows/windows.ts";
import { type AlwaysOn, alwaysOnOf } from "./least.ts";

export type AlwaysOnFigure = AlwaysOn & {
  readonly by: Measured["by"];
  readonly kwhPerYear: number | null;
  /** At the mean price of the time looked at; null: no price is known, or no power. */
  readonly costPerYear: number | null;
  readonly fix?: string;
};

export type AlwaysOnOf = {
  readonly window: Window;
  readonly price: Rate | undefined;
  readonly priceMean: number | null;
  readonly house: AlwaysOnFigure;
  readonly devices: readonly (AlwaysOnFigure & Pick<MeteredDevice, "name" | "within"> & { readonly meter: string })[];
  readonly explained: Explained;
};

/** What devices that are within no other one take together. */
export type Explained = {
  readonly watts: number;
  /** Of the house; null: that is not known, or nothing. */
  readonly share: number | null;
  /** How many of these devices have a figure. */
  readonly devices: number;
  readonly of: number;
};

const HOURS_PER_YEAR = 8760;

/** What the house takes however little happens in it, and which devices do. */
export async function readAlwaysOn(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  asked: Window,
  calendar: Calendar,
  signal?: AbortSignal,
): Promise<AlwaysOnOf> {
  const { window, days, figure, price, priceMean } = await openReading(needs, asked, calendar, signal);
  const house = figure(await readMeasured(needs, waysOf("house", meters), window, signal), days);
  const wholeHouse = wholeHouseMeters(meters);
  const devices = [];
  for (const device of meters.devices) {
    const { name, within } = device;
    const meter = meterOf(device);
    const measured = wholeHouse.has(meter)
      ? { ...NOT_MEASURED, why: "It measures the whole house", fix: "Take it out of the list of devices." }
      : await readMeasured(needs, waysOfDevice(device), window, signal);
    devices.push({ meter, name, within, ...figure(measured, days) });
  }
  return { window, price, priceMean, house, devices, explained: explainedBy(devices, house, wholeHouse) };
}

/** The house alone: less is read. */
export async function readHouseAlwaysOn(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  asked: Window,
  calendar: Calendar,
): Promise<AlwaysOnFigure> {
  const { window, days, figure } = await openReading(needs, asked, calendar);
  return figure(await readMeasured(needs, waysOf("house", meters), window), days);
}

async function openReading(needs: EnergyNeeds, asked: Window, calendar: Calendar, signal?: AbortSignal) {
  const window = { from: asked.from, to: Math.max(asked.from, Math.min(asked.to, lastQuarter(needs.clock.now()))) };
  const days = daysIn(window, "all", calendar).filter(({ from, to, whole }) => from === whole.from && to === whole.to);
  const rate = needs.rate("price");
  const price = isUnknown(rate) ? undefined : rate;
  const priceMean = price
    ? (meanOver(await readRate(needs, price, window, signal), window) ?? meanOf(price.slots))
    : null;
  const figure = ({ by, known, step, why, fix }: Measured, whole: readonly Window[]): AlwaysOnFigure => {
    const found = alwaysOnOf(known, whole, step);
    const kwhPerYear = found.watts === null ? null : (found.watts * HOURS_PER_YEAR) / 1000;
    // Where there is a meter, how many days it knows says more.
    const missing = by === null ? { ...(why === undefined ? {} : { why }), ...(fix === undefined ? {} : { fix }) } : {};
    return {
      ...found,
      by,
      kwhPerYear,
      costPerYear: kwhPerYear === null || priceMean === null ? null : kwhPerYear * priceMean,
      ...missing,
    };
  };
  return { window, days, price, priceMean, figure };
}

const NOT_MEASURED: Measured = { by: null, meters: [], known: [], step: null };

const waysOfDevice = ({ energy, power }: MeteredDevice): Ways => ({
  power: power === null ? noMeter("It has no power sensor") : [{ entityId: power, sign: 1 }],
  energy: energy === null ? noMeter("It has no meter of energy") : [{ entityId: energy, sign: 1 }],
  first: "power",
});
const noMeter = (why: string): Unknown => ({ why, fix: CHOOSE_METERS });

/** A device that another one in the list holds is counted with that one. */
function explainedBy(
  devices: AlwaysOnOf["devices"],
  house: AlwaysOnFigure,
  wholeHouse: ReadonlySet<string>,
): Explained {
  const known = new Set(devices.map(({ meter }) => meter).filter((meter) => !wholeHouse.has(meter)));
  const top = devices.filter(({ meter, within }) => known.has(meter) && !(within !== null && known.has(within)));
  const counted = top.flatMap(({ watts }) => watts ?? []);
  const watts = counted.reduce((sum, one) => sum + one, 0);
  const share = house.watts !== null && house.watts > 0 ? watts / house.watts : null;
  return { watts, share, devices: counted.length, of: top.length };
}

/** Weighted by the time within the window; null: nothing is priced there. */
function meanOver(slots: readonly PricedSlot[], window: Window): number | null {
  return meanOf(
    slots.map(({ from, to, value }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to), value })),
  );
}

function meanOf(slots: readonly PricedSlot[]): number | null {
  let [time, total] = [0, 0];
  for (const { from, to, value } of slots) {
    if (to <= from) continue;
    time += to - from;
    total += value * (to - from);
  }
  return time === 0 ? null : total / time;
}
