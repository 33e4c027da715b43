import type { Micros } from "../time/time.ts";

/** How a weather entity of Home Assistant can divide the times to come. */
export const FORECAST_KINDS = ["hourly", "daily", "twice_daily"] as const;
export type ForecastKind = (typeof FORECAST_KINDS)[number];

/** What a weather entity of Home Assistant says of one time to come, in the units that the entity names. */
export type ForecastRow = {
  /** Its beginning; of a day, any time within it. */
  readonly time: Micros;
  /** Of `twice_daily`: of the day, or of the night. null: it does not say. */
  readonly isDaytime: boolean | null;
  readonly condition: string | null;
  /** Degrees, or a point of the compass: `NW`. */
  readonly windBearing: number | string | null;
  /** By Home Assistant's names: `temperature`, `templow`, `precipitation`. What it does not know is not there. */
  readonly values: { readonly [name: string]: number };
};
