import * as v from "valibot";
import { microsToRfc3339, type Window } from "../../../../domain/time/time.ts";
import type { Rate } from "../../../../energy/needs.ts";
import { type Shape, timeSchema } from "../../answers.ts";

export const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));
export const span = { from: timeSchema, to: timeSchema };
export const watts = v.nullable(v.number());
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Why something is not known, and what to do about it. */
export const unknown = { why: v.exactOptional(v.string()), fix: v.exactOptional(v.string()) };

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

export const spanShape = ({ from, to }: Window) => ({ from: microsToRfc3339(from), to: microsToRfc3339(to) });
export const rateShape = ({ source, quantity, unit }: Rate): RateShape => ({ source, quantity, unit });
