import * as v from "valibot";
import { type Micros, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import type { DayAmount } from "../../../energy/days/amounts.ts";
import type { DaysOf } from "../../../energy/days/read.ts";
import type { SwitchEffects } from "../../../energy/effects/read.ts";
import type { EnergyNow, FoundWindow, RateNow } from "../../../energy/energy.ts";
import { isUnknown, RATE_KINDS, type Rate, type Unknown } from "../../../energy/needs.ts";
import type { DayPlan } from "../../../energy/windows/plan.ts";
import { countSchema, type Shape, timeSchema } from "../answers.ts";

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));
const span = { from: timeSchema, to: timeSchema };
const watts = v.nullable(v.number());
const unknown = { why: v.exactOptional(v.string()), fix: v.exactOptional(v.string()) };

export const rateSchema = v.pipe(
  v.object({
    source: explained(v.nullable(v.string()), "null: the fixed price of the energy dashboard."),
    quantity: v.string(),
    unit: v.string(),
  }),
  v.title("Rate"),
  v.description("Which price, or which carbon intensity, an answer rests on."),
);
export type RateShape = Shape<typeof rateSchema>;

const rateNowSchema = v.object({
  source: v.nullable(v.string()),
  quantity: v.nullable(v.string()),
  unit: v.nullable(v.string()),
  value: explained(v.nullable(v.number()), "null: not known; why and fix say more."),
  until: v.nullable(timeSchema),
  ...unknown,
});

export const energyNowSchema = v.pipe(
  v.object({
    time: timeSchema,
    power: v.object({
      house: explained(watts, "Watts that the house takes: grid + solar + battery. null: not known."),
      grid: explained(watts, "Below 0: fed into the grid."),
      solar: watts,
      battery: explained(watts, "Below 0: charging."),
      ...unknown,
    }),
    price: rateNowSchema,
    carbon: rateNowSchema,
    cost_per_hour: explained(
      v.nullable(v.number()),
      "In the currency of the price, of what comes from the grid now; null where that or the price is not known, or while power is fed in.",
    ),
    carbon_per_hour: explained(v.nullable(v.number()), "Grams, of what comes from the grid now."),
  }),
  v.title("EnergyNow"),
);
export type EnergyNowShape = Shape<typeof energyNowSchema>;

export const windowAnswerSchema = v.pipe(
  v.object({
    by: v.picklist(RATE_KINDS),
    rate: rateSchema,
    parts: explained(v.array(v.object(span)), "When it runs; one part unless it may pause."),
    kwh: v.number(),
    total: explained(v.number(), "What the run costs, or emits in grams."),
    mean: explained(v.nullable(v.number()), "Per kWh; null: the run takes nothing."),
    at_once: explained(v.nullable(v.number()), "The total of a run that begins at once; null: not known that far."),
    other: explained(
      v.nullable(v.object({ ...rateSchema.entries, total: v.number() })),
      "By price the carbon, by carbon the price, at the times found.",
    ),
    known_until: explained(timeSchema, "How far the rate is known."),
    now: explained(v.boolean(), "Whether one of the parts is on now: the condition of an automation."),
  }),
  v.title("EnergyWindow"),
);
export type WindowShape = Shape<typeof windowAnswerSchema>;

export const planSchema = v.pipe(
  v.object({
    ...span,
    price: rateSchema,
    carbon: v.nullable(rateSchema),
    known: explained(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), "The share of the day that is priced."),
    mean: explained(v.nullable(v.number()), "Weighted by time."),
    slots: v.array(
      v.object({
        ...span,
        price: v.number(),
        carbon: v.nullable(v.number()),
        level: explained(
          v.picklist(["cheap", "usual", "dear"]),
          "The cheapest third of the day's priced time, the dearest, or between.",
        ),
      }),
    ),
  }),
  v.title("EnergyPlan"),
);
export type PlanShape = Shape<typeof planSchema>;

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
        meter: v.string(),
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
          v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
          "The least share of switchings, at 95 %, that have this effect; 0 where it does not stand out of the noise.",
        ),
      }),
    ),
  }),
  v.title("EnergyEffects"),
  v.description("What switching a thing does to the power of the house; largest first."),
);
export type EffectsShape = Shape<typeof effectsSchema>;

const spanShape = ({ from, to }: Window) => ({ from: microsToRfc3339(from), to: microsToRfc3339(to) });
const rateShape = ({ source, quantity, unit }: Rate): RateShape => ({ source, quantity, unit });
const rateNowShape = (rate: RateNow | Unknown): EnergyNowShape["price"] =>
  isUnknown(rate)
    ? { source: null, quantity: null, unit: null, value: null, until: null, ...rate }
    : { ...rate, until: microsToRfc3339(rate.until) };

export const nowShape = (now: EnergyNow, time: Micros): EnergyNowShape => ({
  time: microsToRfc3339(time),
  power: now.power,
  price: rateNowShape(now.price),
  carbon: rateNowShape(now.carbon),
  cost_per_hour: now.costPerHour,
  carbon_per_hour: now.carbonPerHour,
});

export const windowShape = (found: FoundWindow, now: Micros): WindowShape => ({
  by: found.by,
  rate: rateShape(found.rate),
  parts: found.parts.map(spanShape),
  kwh: found.kwh,
  total: found.total,
  mean: found.mean,
  at_once: found.atOnce,
  other: found.other && { ...rateShape(found.other.rate), total: found.other.total },
  known_until: microsToRfc3339(found.knownUntil),
  now: found.parts.some(({ from, to }) => from <= now && now < to),
});

export const planShape = (plan: DayPlan): PlanShape => ({
  ...spanShape(plan.day),
  price: rateShape(plan.price),
  carbon: plan.carbon ? rateShape(plan.carbon) : null,
  known: plan.known,
  mean: plan.mean,
  slots: plan.slots.map((slot) => ({ ...slot, ...spanShape(slot) })),
});

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
