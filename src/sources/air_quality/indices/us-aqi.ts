import type { Micros } from "../../../domain/time/time.ts";
import { type Hourly, hoursUntil, type Index, meanUntil, type Pollutants, worstOf } from "./hourly.ts";

/**
 * The US air quality index by the breakpoints of 40 CFR part 58, appendix G, table 2, as of May 2024 (the same as table 6
 * of EPA-454/B-24-002): concentration from and to, index from and to. A concentration is cut off, not rounded, to the
 * digits of the table.
 */
type Row = readonly [low: number, high: number, from: number, to: number];
export type Scale = { readonly digits: number; readonly rows: readonly Row[] };

const CATEGORIES = [
  [0, 50],
  [51, 100],
  [101, 150],
  [151, 200],
  [201, 300],
  [301, 500],
] as const;

/** @param highs the upper ends of the categories from the first on; the next one begins with the next digit */
const scale = (digits: number, highs: readonly number[]): Scale => ({
  digits,
  rows: highs.map((high, at) => {
    const [from, to] = CATEGORIES[at] as readonly [number, number];
    const low = at === 0 ? 0 : (highs[at - 1] as number) + 10 ** -digits;
    return [low, high, from, to];
  }),
});

export const SCALES = {
  /** µg/m³ over 24 hours. */
  pm2_5: scale(1, [9, 35.4, 55.4, 125.4, 225.4, 325.4]),
  pm10: scale(0, [54, 154, 254, 354, 424, 604]),
  /** ppm over 8 hours, which define no index above 300. */
  ozone8: scale(3, [0.054, 0.07, 0.085, 0.105, 0.2]),
  /** ppm over one hour, which defines none below 101. */
  ozone1: {
    digits: 3,
    rows: [
      [0.125, 0.164, 101, 150],
      [0.165, 0.204, 151, 200],
      [0.205, 0.404, 201, 300],
      [0.405, 0.604, 301, 500],
    ],
  },
  /** ppm over 8 hours. */
  carbonMonoxide: scale(1, [4.4, 9.4, 12.4, 15.4, 30.4, 50.4]),
  /** ppb over one hour, which defines no index above 200: from there on 24 hours decide. */
  sulphurDioxide1: scale(0, [35, 75, 185, 304]),
  sulphurDioxide24: {
    digits: 0,
    rows: [
      [305, 604, 201, 300],
      [605, 1004, 301, 500],
    ],
  },
  /** ppb over one hour. */
  nitrogenDioxide: scale(0, [53, 100, 360, 649, 1249, 2049]),
} as const satisfies { readonly [name: string]: Scale };

/** Beyond its last category a scale's line goes on. undefined: too little for this average to define an index. */
export function indexOn({ digits, rows }: Scale, concentration: number): number | undefined {
  const digit = 10 ** -digits;
  // What arithmetic left of 0.070 may be 0.0699999.
  const value = Math.floor(concentration / digit + 1e-6) * digit;
  const row = rows.find(([, high]) => value < high + digit / 2) ?? rows.at(-1);
  if (!row || value < row[0] - digit / 2) return undefined;
  const [low, high, from, to] = row;
  // A half that arithmetic left a little short of one is rounded up like a half.
  return Math.round(((to - from) / (high - low)) * (value - low) + from + 1e-9);
}

/** Litres of a mole at 25 °C and 1013.25 hPa, at which the US standards are stated (40 CFR 50.3). */
const LITRES = 24.45;
/** g/mol */
const MOLAR = { ozone: 47.998, nitrogen_dioxide: 46.006, sulphur_dioxide: 64.064, carbon_monoxide: 28.01 };
type Gas = keyof typeof MOLAR;

export const ppb = (gas: Gas, micrograms: number): number => (micrograms * LITRES) / MOLAR[gas];
/** µg/m³; undefined: it is no gas that is measured in parts. */
export const microgramsOf = (pollutant: string, partsPerBillion: number): number | undefined =>
  pollutant in MOLAR ? (partsPerBillion * MOLAR[pollutant as Gas]) / LITRES : undefined;

/**
 * EPA's NowCast of particles: the last 12 hours, newer ones the heavier the more they differ. undefined: fewer than two
 * of the last three hours are known.
 */
export function nowCast(hourly: Hourly, last: Micros): number | undefined {
  const hours = hoursUntil(hourly, last, 12);
  if (hours.slice(0, 3).filter((value) => value !== undefined).length < 2) return undefined;
  const known = hours.filter((value) => value !== undefined);
  const most = Math.max(...known);
  const weight = most === 0 ? 1 : Math.max(0.5, Math.min(...known) / most);
  let [sum, weights] = [0, 0];
  hours.forEach((value, ago) => {
    if (value === undefined) return;
    sum += value * weight ** ago;
    weights += weight ** ago;
  });
  return sum / weights;
}

const NONE: Hourly = new Map();

/**
 * The index of an hour. Particles by NowCast, carbon monoxide over 8 hours, nitrogen and sulphur dioxide over one.
 * Approximated is ozone, whose NowCast EPA fits to two weeks of each station: here the mean of the last 8 hours stands
 * for it, and one hour where that defines an index.
 */
export function usAqi(pollutants: Pollutants, hour: Micros): Index | undefined {
  const of = (name: string): Hourly => pollutants[name] ?? NONE;
  const over = (gas: Gas, hours: number): number | undefined => {
    const micrograms = meanUntil(of(gas), hour, hours);
    return micrograms === undefined ? undefined : ppb(gas, micrograms);
  };
  const on = (found: Scale, value: number | undefined, per = 1) =>
    value === undefined ? undefined : indexOn(found, value / per);
  const sulphur = over("sulphur_dioxide", 1);
  const parts: readonly (readonly [string, number | undefined])[] = [
    ["pm2_5", on(SCALES.pm2_5, nowCast(of("pm2_5"), hour))],
    ["pm10", on(SCALES.pm10, nowCast(of("pm10"), hour))],
    ["ozone", on(SCALES.ozone8, over("ozone", 8), 1000)],
    ["ozone", on(SCALES.ozone1, over("ozone", 1), 1000)],
    ["carbon_monoxide", on(SCALES.carbonMonoxide, over("carbon_monoxide", 8), 1000)],
    ["nitrogen_dioxide", on(SCALES.nitrogenDioxide, over("nitrogen_dioxide", 1))],
    ["sulphur_dioxide", on(SCALES.sulphurDioxide1, sulphur === undefined ? undefined : Math.min(sulphur, 304))],
    ["sulphur_dioxide", on(SCALES.sulphurDioxide24, over("sulphur_dioxide", 24))],
  ];
  return worstOf(parts, (name) => of(name).has(hour));
}
