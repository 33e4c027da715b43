import type { Micros } from "../../../domain/time/time.ts";
import { HOUR } from "../../slots.ts";

/** Concentrations of one pollutant in µg/m³, by the hour at which each stands. */
export type Hourly = ReadonlyMap<Micros, number>;
export type Pollutants = { readonly [pollutant: string]: Hourly };

/** What a pollutant decides of an index. */
export type Index = { readonly value: number; readonly pollutant: string };

/** The values of so many hours that end with one, newest first; undefined where one is not known. */
export const hoursUntil = (hourly: Hourly, last: Micros, count: number): readonly (number | undefined)[] =>
  Array.from({ length: count }, (_, ago) => hourly.get(last - ago * HOUR));

/** The mean over so many hours, of which three quarters must be known. */
export function meanUntil(hourly: Hourly, last: Micros, count: number): number | undefined {
  const known = hoursUntil(hourly, last, count).filter((value) => value !== undefined);
  if (known.length < count * 0.75) return undefined;
  return known.reduce((all, one) => all + one, 0) / known.length;
}

/**
 * An index is that of the pollutant which is worst. undefined: a pollutant is in the air whose part is not known, and it
 * may be the worst.
 */
export function worstOf(
  parts: readonly (readonly [pollutant: string, value: number | undefined])[],
  inTheAir: (pollutant: string) => boolean,
): Index | undefined {
  let worst: Index | undefined;
  const known = new Set(parts.flatMap(([pollutant, value]) => (value === undefined ? [] : [pollutant])));
  for (const [pollutant, value] of parts) {
    if (inTheAir(pollutant) && !known.has(pollutant)) return undefined;
    if (value !== undefined && value > (worst?.value ?? -1)) worst = { value, pollutant };
  }
  return worst;
}
