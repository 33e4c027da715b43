import * as v from "valibot";
import { createCalendar } from "../../../domain/time/calendar.ts";
import type { Publication } from "../publication.ts";
import { ZONE_IDS } from "./zones.ts";

/** Days of the European day-ahead market, whatever the home's own zone. */
const MARKET_DAYS = createCalendar("Europe/Berlin");

/** Results come at about 12:45, and later when the auction is run once more. */
export const EUROPEAN: Publication = { calendar: MARKET_DAYS, from: 12 * 60 + 45, until: 20 * 60 };

/**
 * Of each MWh, in euros: the market's own bounds, with room. What lies outside is an error of a unit, not a price, and
 * fails the answer.
 */
export const perMwh = v.pipe(
  v.number(),
  v.minValue(-600, "lower than the market allows (EUR/MWh)"),
  v.maxValue(5000, "higher than the market allows (EUR/MWh)"),
);

export const zoneEntry = v.optional(
  v.pipe(
    v.picklist(ZONE_IDS),
    v.title("Price zone"),
    v.description("Empty: that of the home's country, where the country has a single one"),
  ),
);
