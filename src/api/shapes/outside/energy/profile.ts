import * as v from "valibot";
import type { Micros } from "../../../../domain/time/time.ts";
import { DAY_KINDS, type DayKind } from "../../../../energy/days/local.ts";
import type { DailyProfile, PartProfile } from "../../../../energy/profile/read.ts";
import { countSchema, type Shape } from "../../answers.ts";
import { explained, share, span, spanShape, unknown, watts } from "./common.ts";

const slotSchema = v.object({
  at: explained(v.pipe(v.string(), v.regex(/^\d\d:\d\d$/)), "What the home's clocks show when it begins."),
  mean: explained(watts, "Watts, over all of its time that is known; null: nothing is."),
  least: explained(watts, "The least of the days' own means of this slot."),
  most: explained(watts, "The most of them."),
  known: explained(share, "The share of its time, over all days, that is known."),
  days: explained(countSchema, "Days that know at least half of it: those that least and most rest on."),
});

const partSchema = v.pipe(
  v.object({
    by: explained(
      v.nullable(v.picklist(["power", "energy"])),
      "Power sensors, or counters of energy; null: nothing measures it.",
    ),
    meters: v.array(v.string()),
    known: share,
    mean: explained(watts, "Over all of the time that is known."),
    kwh_per_day: explained(v.nullable(v.number()), "Of a mean day of 24 hours; null: of a slot nothing is known."),
    slots: v.array(slotSchema),
    ...unknown,
  }),
  v.title("EnergyProfilePart"),
);

export const profileSchema = v.pipe(
  v.object({
    ...span,
    time_zone: v.string(),
    days: v.picklist(DAY_KINDS),
    slot_minutes: countSchema,
    days_in_window: explained(countSchema, "Local days of the asked kind, those at the ends of the window in part."),
    house: partSchema,
    imported: explained(partSchema, "From the grid."),
    exported: explained(partSchema, "To the grid."),
    solar: partSchema,
  }),
  v.title("EnergyProfile"),
  v.description("The power of the house by the time of the local day."),
);
export type ProfileShape = Shape<typeof profileSchema>;

const MINUTE: Micros = 60_000_000;
const two = (number: number): string => String(number).padStart(2, "0");
const clockShape = (at: Micros): string => `${two(Math.floor(at / MINUTE / 60))}:${two((at / MINUTE) % 60)}`;

const partShape = ({ kwhPerDay, slots, ...part }: PartProfile): ProfileShape["house"] => ({
  ...part,
  kwh_per_day: kwhPerDay,
  slots: slots.map(({ at, ...slot }) => ({ at: clockShape(at), ...slot })),
});

export function profileShape(
  { window, days, parts }: DailyProfile,
  asked: { readonly timeZone: string; readonly days: DayKind; readonly slot: Micros },
): ProfileShape {
  return {
    ...spanShape(window),
    time_zone: asked.timeZone,
    days: asked.days,
    slot_minutes: asked.slot / MINUTE,
    days_in_window: days,
    house: partShape(parts.house),
    imported: partShape(parts.imported),
    exported: partShape(parts.exported),
    solar: partShape(parts.solar),
  };
}
