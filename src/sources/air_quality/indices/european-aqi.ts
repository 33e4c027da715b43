import type { Micros } from "../../../domain/time/time.ts";
import { type Index, meanUntil, type Pollutants, worstOf } from "./hourly.ts";

/**
 * The European air quality index as a number: the bands of the European Environment Agency's index before its revision of
 * 2024, 20 to a band and even within one, which is what Open-Meteo documents and gives. The agency itself tells bands
 * alone; one quantity must mean the same, whoever told it. µg/m³, particles over 24 hours, gases over one.
 */
const BANDS: { readonly [pollutant: string]: { readonly hours: number; readonly ends: readonly number[] } } = {
  pm2_5: { hours: 24, ends: [0, 10, 20, 25, 50, 75] },
  pm10: { hours: 24, ends: [0, 20, 40, 50, 100, 150] },
  nitrogen_dioxide: { hours: 1, ends: [0, 40, 90, 120, 230, 340] },
  ozone: { hours: 1, ends: [0, 50, 100, 130, 240, 380] },
  sulphur_dioxide: { hours: 1, ends: [0, 100, 200, 350, 500, 750] },
};

/** Beyond the last band its line goes on. undefined: it is no pollutant of this index. */
export function europeanIndexOf(pollutant: string, concentration: number): number | undefined {
  const ends = BANDS[pollutant]?.ends;
  if (!ends) return undefined;
  const above = ends.findIndex((end) => concentration < end);
  const band = above < 1 ? ends.length - 1 : above;
  const [low, high] = [ends[band - 1] as number, ends[band] as number];
  return Math.round((band - 1 + (concentration - low) / (high - low)) * 20);
}

export function europeanAqi(pollutants: Pollutants, hour: Micros): Index | undefined {
  const parts = Object.entries(BANDS).map(([pollutant, { hours }]) => {
    const mean = meanUntil(pollutants[pollutant] ?? new Map(), hour, hours);
    return [pollutant, mean === undefined ? undefined : europeanIndexOf(pollutant, mean)] as const;
  });
  return worstOf(parts, (pollutant) => pollutants[pollutant]?.has(hour) ?? false);
}
