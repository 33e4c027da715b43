import { createOffset } from "../../../domain/time/offset.ts";
import type { Micros } from "../../../domain/time/time.ts";

export type Local = {
  /** `2026-11-23` */
  readonly date: string;
  /** Hours since local midnight, with fractions. */
  readonly hour: number;
  /** 0: Sunday. */
  readonly weekday: number;
  /** The day's first moment. */
  readonly midnight: Micros;
};

const HOUR_MICROS = 3_600_000_000;

/** The home's wall clock, summer time included. */
export function createLocalTime(timeZone: string): (time: Micros) => Local {
  const offsetOf = createOffset(timeZone);
  // Clocks change on the hour, so one offset serves each hour.
  const offsets = new Map<number, number>();
  const offsetAt = (time: Micros): number => {
    const hour = Math.floor(time / HOUR_MICROS);
    const known = offsets.get(hour);
    if (known !== undefined) return known;
    const offset = offsetOf(hour * 3_600_000) * 1000;
    if (offsets.size > 500) offsets.clear();
    offsets.set(hour, offset);
    return offset;
  };
  return (time) => {
    const shifted = time + offsetAt(time);
    const day = Math.floor(shifted / (24 * HOUR_MICROS));
    const hour = (shifted - day * 24 * HOUR_MICROS) / HOUR_MICROS;
    const midnightGuess = day * 24 * HOUR_MICROS - offsetAt(time);
    const midnight = day * 24 * HOUR_MICROS - offsetAt(midnightGuess);
    return {
      date: new Date((day * 24 * HOUR_MICROS) / 1000).toISOString().slice(0, 10),
      hour,
      weekday: (((day + 4) % 7) + 7) % 7,
      midnight,
    };
  };
}
