import { type Micros, microsFromMillis } from "../../src/domain/time/time.ts";

/** A year of one sensor: numbers that wander, at times without order. */
export type SensorYear = {
  readonly entityId: string;
  readonly times: Float64Array;
  readonly states: readonly string[];
};

export const YEAR_ZONE = "Europe/Berlin";
/** From the first of November to the next, local time: both changes of the clocks lie in it. */
export const YEAR_FROM: Micros = microsFromMillis(Date.UTC(2024, 9, 31, 23));
export const YEAR_TO: Micros = microsFromMillis(Date.UTC(2025, 9, 31, 23));

export function sensorYear(number: number, rows: number): SensorYear {
  let seed = Math.imul(number + 1, 2_654_435_761) >>> 0;
  const chance = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const times = new Float64Array(rows);
  for (let i = 0; i < rows; i++) times[i] = YEAR_FROM + Math.floor(chance() * (YEAR_TO - YEAR_FROM));
  times.sort();
  let value = 20 + number;
  const states = Array.from(times, () => {
    value += chance() - 0.5;
    return value.toFixed(1);
  });
  return { entityId: `sensor.year_${number}`, times, states };
}
