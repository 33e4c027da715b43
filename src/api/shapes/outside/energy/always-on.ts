import * as v from "valibot";
import type { Micros } from "../../../../domain/time/time.ts";
import { HOUR, LEAST_DAYS } from "../../../../energy/always-on/least.ts";
import type { AlwaysOnFigure, AlwaysOnOf } from "../../../../energy/always-on/read.ts";
import { countSchema, type Shape } from "../../answers.ts";
import { explained, rateSchema, rateShape, span, spanShape, unknown, watts } from "./common.ts";

const figure = {
  by: explained(v.nullable(v.picklist(["power", "energy"])), "A power sensor, or a counter of energy."),
  watts: explained(watts, "Median over the days of each day's least hour; null: not known, why says it."),
  spread: explained(watts, "Half of the days lie within this of the median."),
  precise_to: explained(watts, "By a counter: what one of its steps makes in an hour; null: by a power sensor."),
  days: explained(countSchema, "Days that it rests on: those of which at least 20 of 24 hours are known."),
  kwh_per_year: v.nullable(v.number()),
  cost_per_year: explained(v.nullable(v.number()), "At price_mean, as if all of it came from the grid."),
  ...unknown,
};

export const alwaysOnSchema = v.pipe(
  v.object({
    ...span,
    time_zone: v.string(),
    hour_minutes: explained(countSchema, "How long the least power of a day must last."),
    least_days: explained(countSchema, "Of fewer days nothing is told."),
    price: v.nullable(rateSchema),
    price_mean: explained(v.nullable(v.number()), "Per kWh, over the time looked at as far as it is priced."),
    house: v.pipe(v.object(figure), v.title("AlwaysOn")),
    devices: v.array(
      v.object({
        meter: v.string(),
        name: v.nullable(v.string()),
        within: explained(v.nullable(v.string()), "The meter that counts this one, too."),
        ...figure,
      }),
    ),
    explained: explained(
      v.object({
        watts: v.number(),
        share: explained(v.nullable(v.number()), "Of the house; null: that is not known, or nothing."),
        devices: explained(countSchema, "Those with a figure."),
        of: countSchema,
      }),
      "What the devices that are within no other one take together.",
    ),
  }),
  v.title("EnergyAlwaysOn"),
  v.description("What the house takes however little happens in it, and which devices do."),
);
export type AlwaysOnShape = Shape<typeof alwaysOnSchema>;

const MINUTE: Micros = 60_000_000;

const figureShape = (figure: AlwaysOnFigure): AlwaysOnShape["house"] => ({
  by: figure.by,
  watts: figure.watts,
  spread: figure.spread,
  precise_to: figure.preciseTo,
  days: figure.days,
  kwh_per_year: figure.kwhPerYear,
  cost_per_year: figure.costPerYear,
  ...(figure.why === undefined ? {} : { why: figure.why }),
  ...(figure.fix === undefined ? {} : { fix: figure.fix }),
});

export const alwaysOnShape = (found: AlwaysOnOf, timeZone: string): AlwaysOnShape => ({
  ...spanShape(found.window),
  time_zone: timeZone,
  hour_minutes: HOUR / MINUTE,
  least_days: LEAST_DAYS,
  price: found.price ? rateShape(found.price) : null,
  price_mean: found.priceMean,
  house: figureShape(found.house),
  devices: found.devices.map(({ meter, name, within, ...one }) => ({ meter, name, within, ...figureShape(one) })),
  explained: found.explained,
});
