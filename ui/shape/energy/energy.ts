import type { EnergyDay, EnergyPlan, PlanSlot, Span } from "../../api-energy-types.ts";

/** `EUR/kWh` → `EUR`. */
export const currencyOf = (unit: string): string => unit.split("/")[0] ?? unit;

/** An amount in the currency of a price, `0.0312 EUR` where it is little; other units than currencies are written after. */
export function formatMoney(amount: number, unit: string, locale?: string): string {
  const currency = currencyOf(unit);
  const small = Math.abs(amount) < 0.1 && amount !== 0;
  const digits = { minimumFractionDigits: small ? 3 : 2, maximumFractionDigits: small ? 4 : 2 };
  return /^[A-Z]{3}$/.test(currency)
    ? amount.toLocaleString(locale, { style: "currency", currency, ...digits })
    : `${amount.toLocaleString(locale, digits)} ${currency}`;
}

export const formatPrice = (value: number, locale?: string): string =>
  value.toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** 950 W, 1.25 kW. */
export function formatWatts(watts: number, locale?: string): { text: string; unit: string } {
  const large = Math.abs(watts) >= 1000;
  return {
    text: (large ? watts / 1000 : watts).toLocaleString(locale, { maximumFractionDigits: large ? 2 : 0 }),
    unit: large ? "kW" : "W",
  };
}

/** `1.25 kW`, in one. */
export function formatPower(watts: number, locale?: string): string {
  const { text, unit } = formatWatts(watts, locale);
  return `${text} ${unit}`;
}

export const formatKwh = (kwh: number, locale?: string): string =>
  kwh.toLocaleString(locale, { maximumFractionDigits: kwh < 10 ? 2 : kwh < 1000 ? 1 : 0 });

/** 850 g, 1.2 kg. */
export function formatGrams(grams: number, locale?: string): string {
  const large = Math.abs(grams) >= 1000;
  const text = (large ? grams / 1000 : grams).toLocaleString(locale, { maximumFractionDigits: large ? 1 : 0 });
  return `${text} ${large ? "kg" : "g"}`;
}

export type Bar = {
  readonly slot: PlanSlot;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
};
export type Bars = {
  readonly bars: readonly Bar[];
  /** Where 0 is. */
  readonly zero: number;
  readonly least: number;
  readonly most: number;
};

/** Prices as bars in a box of 1000 × 100; 0 is always in it, so that a bar twice as high is twice as dear. */
export function barsOf({ from, to, slots }: Pick<EnergyPlan, "from" | "to" | "slots">): Bars {
  const prices = slots.map(({ price }) => price);
  const least = Math.min(0, ...prices);
  const most = Math.max(0, ...prices);
  const range = most - least || 1;
  const yOf = (price: number) => ((most - price) / range) * 100;
  const zero = yOf(0);
  return {
    zero,
    least,
    most,
    bars: slots.map((slot) => {
      const { x, width } = placeOf(slot, { from, to });
      const y = Math.min(zero, yOf(slot.price));
      // What costs nothing is still there.
      return { slot, x, width, y, height: Math.max(1, Math.abs(yOf(slot.price) - zero)) };
    }),
  };
}

/** Stretches of a day that have no price. */
export function holesOf({ from, to, slots }: Pick<EnergyPlan, "from" | "to" | "slots">): readonly Span[] {
  const holes: Span[] = [];
  let at = from;
  for (const slot of [...slots, { from: to, to }]) {
    if (Date.parse(slot.from) > Date.parse(at)) holes.push({ from: at, to: slot.from });
    at = slot.to;
  }
  return holes;
}

/** Where a time lies in a day that is 1000 wide, cut at its ends. */
export function placeOf(span: Span, day: Span): { x: number; width: number } {
  const [begin, end] = [Date.parse(day.from), Date.parse(day.to)];
  const at = (time: string) => (Math.min(Math.max(Date.parse(time), begin), end) - begin) / (end - begin);
  const x = at(span.from) * 1000;
  return { x, width: at(span.to) * 1000 - x };
}

export type Sum = Pick<EnergyDay, "kwh" | "cost" | "carbon_g" | "priced_kwh" | "rated_kwh">;

/** Of several days. What is known of none stays unknown. */
/** A day without use costs nothing; of others that no price is known of nothing is made of it. */
export function sumOf(days: readonly Sum[]): Sum {
  const sum = { kwh: 0, cost: 0, carbon_g: 0, priced_kwh: 0, rated_kwh: 0 };
  for (const day of days) {
    sum.kwh += day.kwh;
    sum.cost += day.cost ?? 0;
    sum.carbon_g += day.carbon_g ?? 0;
    sum.priced_kwh += day.priced_kwh;
    sum.rated_kwh += day.rated_kwh;
  }
  const isKnown = (known: number, value: (day: Sum) => number | null) =>
    sum.kwh === 0 ? days.some((day) => value(day) !== null) : known !== 0;
  return {
    ...sum,
    cost: isKnown(sum.priced_kwh, ({ cost }) => cost) ? sum.cost : null,
    carbon_g: isKnown(sum.rated_kwh, ({ carbon_g }) => carbon_g) ? sum.carbon_g : null,
  };
}

/** Whether a cost (or carbon) leaves out more than rounding. */
export const isPartly = (kwh: number, counted: number): boolean => kwh - counted > Math.max(0.005, kwh * 0.005);
