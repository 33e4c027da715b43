import * as v from "valibot";
import { type Micros, microsToRfc3339 } from "../../../../domain/time/time.ts";
import type { EnergyNow, FoundWindow, RateNow, RateSilent } from "../../../../energy/energy.ts";
import { isUnknown, RATE_KINDS, type Unknown } from "../../../../energy/needs.ts";
import type { DayPlan } from "../../../../energy/windows/plan.ts";
import { type Shape, timeSchema } from "../../answers.ts";
import { explained, rateSchema, rateShape, share, span, spanShape, unknown, watts } from "./common.ts";

const rateNowSchema = v.object({
  source: v.nullable(v.string()),
  quantity: explained(
    v.nullable(v.string()),
    "null: there is no such rate; else it may say nothing of this moment alone.",
  ),
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
    alike: explained(
      v.boolean(),
      "Whether all that is known of the time it may take costs the same: nothing is gained by waiting.",
    ),
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
    known: explained(share, "The share of the day that is priced."),
    mean: explained(v.nullable(v.number()), "Weighted by time."),
    alike: explained(v.boolean(), "Whether all that is priced costs the same: no time is cheaper than another."),
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

const rateNowShape = (rate: RateNow | RateSilent | Unknown): EnergyNowShape["price"] =>
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
  alike: found.alike,
  now: found.parts.some(({ from, to }) => from <= now && now < to),
});

export const planShape = (plan: DayPlan): PlanShape => ({
  ...spanShape(plan.day),
  price: rateShape(plan.price),
  carbon: plan.carbon ? rateShape(plan.carbon) : null,
  known: plan.known,
  mean: plan.mean,
  alike: plan.alike,
  slots: plan.slots.map((slot) => ({ ...slot, ...spanShape(slot) })),
});
