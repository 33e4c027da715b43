import { domainOf } from "../data/series.ts";
import type { SourceId } from "./outside.ts";

/** The domain of the hub's own series. Home Assistant has none of this name. */
const OUTSIDE = "outside";

/** Whether a series follows a source and no entity of Home Assistant. */
export const isOutside = (entityId: string): boolean => domainOf(entityId) === OUTSIDE;

/** `outside.weather_temperature` */
export const outsideName = (source: SourceId, quantity: string): string => `${OUTSIDE}.${source}_${quantity}`;

/** `outside.weather_temperature_forecast`: one reading for each issue. */
export const forecastName = (source: SourceId, quantity: string): string => `${outsideName(source, quantity)}_forecast`;
