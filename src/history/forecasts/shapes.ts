import * as v from "valibot";
import { countSchema, type Shape, timeSchema } from "../shapes.ts";

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));

export const scoreSchema = v.pipe(
  v.object({
    from: timeSchema,
    to: timeSchema,
    providers: v.array(
      v.object({
        provider: v.string(),
        issues: explained(countSchema, "Forecasts that were made in this time and said something new."),
        not_known: explained(countSchema, "Slots that are over and of which nobody knows what came."),
        leads: v.array(
          v.object({
            from_hours: explained(v.number(), "How far ahead the forecast looked: from so many hours,"),
            to_hours: explained(v.number(), "to fewer than so many."),
            count: countSchema,
            mean_absolute_error: explained(v.number(), "In the quantity's unit."),
            bias: explained(v.number(), "Above 0: more was forecast than came."),
          }),
        ),
      }),
    ),
  }),
  v.title("Score"),
);
export type ScoreAnswer = Shape<typeof scoreSchema>;
