import * as v from "valibot";
import type { DayAmount } from "../../../../energy/days/amounts.ts";
import type { DaysOf } from "../../../../energy/days/read.ts";
import type { SwitchEffects } from "../../../../energy/effects/read.ts";
import { countSchema, type Shape } from "../../answers.ts";
import { explained, rateSchema, rateShape, share, span, spanShape } from "./common.ts";

const dayAmount = v.pipe(
  v.object({
    ...span,
    kwh: v.number(),
    cost: explained(v.nullable(v.number()), "Of the kWh that are priced; null: none is."),
    priced_kwh: v.number(),
    carbon_g: explained(v.nullable(v.number()), "Of the kWh whose carbon is known; null: of none."),
    rated_kwh: v.number(),
  }),
  v.title("EnergyDay"),
  v.description("What was counted in one local day."),
);
const amounts = v.array(dayAmount);

export const daysSchema = v.pipe(
  v.object({
    price: v.nullable(rateSchema),
    carbon: v.nullable(rateSchema),
    imported: amounts,
    exported: amounts,
    solar: amounts,
    house: explained(amounts, "Imported − exported + solar + what the battery gave − what it took."),
    devices: v.array(
      v.object({
        meter: explained(v.string(), "Of energy; the power sensor where there is none."),
        name: v.nullable(v.string()),
        within: explained(v.nullable(v.string()), "The meter that counts this one, too."),
        days: amounts,
        why: v.exactOptional(explained(v.string(), "Why nothing is known of it.")),
      }),
    ),
  }),
  v.title("EnergyDays"),
);
export type DaysShape = Shape<typeof daysSchema>;

export const effectsSchema = v.pipe(
  v.object({
    ...span,
    readings: explained(countSchema, "Of the house's power."),
    around_seconds: explained(v.number(), "Nothing else may be switched for so long before and after."),
    noise: explained(v.number(), "Watts by which the power changes in that time when nothing is switched."),
    effects: v.array(
      v.object({
        entity_id: v.string(),
        watts: explained(v.number(), "Median; what the house takes more while it is on."),
        spread: explained(v.number(), "Half of the switchings lie within this of the median."),
        switchings: countSchema,
        used: countSchema,
        crowded: explained(countSchema, "Not used: something else was switched at the same time."),
        unknown: explained(countSchema, "Not used: the power was not known."),
        confidence: explained(
          share,
          "The least share of switchings, at 95 %, that have this effect; 0 where it does not stand out of the noise.",
        ),
      }),
    ),
  }),
  v.title("EnergyEffects"),
  v.description("What switching a thing does to the power of the house; largest first."),
);
export type EffectsShape = Shape<typeof effectsSchema>;

const dayShape = (day: DayAmount) => ({ ...day, ...spanShape(day) });

export const daysShape = (days: DaysOf): DaysShape => ({
  price: days.price ? rateShape(days.price) : null,
  carbon: days.carbon ? rateShape(days.carbon) : null,
  imported: days.imported.map(dayShape),
  exported: days.exported.map(dayShape),
  solar: days.solar.map(dayShape),
  house: days.house.map(dayShape),
  devices: days.devices.map((device) => ({ ...device, days: device.days.map(dayShape) })),
});

export const effectsShape = ({ window, readings, around, noise, effects }: SwitchEffects): EffectsShape => ({
  ...spanShape(window),
  readings,
  around_seconds: around / 1e6,
  noise,
  effects: effects.map(({ key, ...effect }) => ({ entity_id: key, ...effect })),
});
