import * as v from "valibot";
import type { OutsidePresent, OutsideValue, Slot } from "../../../domain/outside/outside.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import type { SourceStatus } from "../../../sources/sources.ts";
import { type Shape, timeSchema } from "../answers.ts";

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));
const value = v.nullable(v.union([v.number(), v.string()]));
const source = {
  source: v.string(),
  name: v.string(),
  provider: explained(v.nullable(v.string()), "Whose figures these are. null: nobody has answered yet."),
  attribution: explained(v.nullable(v.string()), "To be shown beside the figures, as the provider's terms ask for."),
};

const valueSchema = v.object({
  quantity: v.string(),
  value: explained(value, "null: not known, or too old to be told; why says it."),
  unit: v.nullable(v.string()),
  time: explained(v.nullable(timeSchema), "Since when it is so."),
  fetched: v.nullable(timeSchema),
  why: v.exactOptional(v.string()),
});
export const rateNowSchema = v.pipe(
  v.object({
    ...source,
    values: v.array(valueSchema),
    waits_for: explained(v.exactOptional(v.string()), "Nothing is wrong, yet something is missing still."),
    why: explained(v.exactOptional(v.string()), "What is wrong with the source."),
    fix: v.exactOptional(v.string()),
  }),
  v.title("RateNow"),
  v.description("What a source of prices or of carbon intensity says of now."),
);
export type RateNowShape = Shape<typeof rateNowSchema>;

export const rateSlotsSchema = v.pipe(
  v.object({
    ...source,
    quantity: v.string(),
    unit: v.nullable(v.string()),
    issued: explained(timeSchema, "When the provider made it, or when it was heard where the provider does not say."),
    fetched: timeSchema,
    waits_for: v.exactOptional(v.string()),
    slots: explained(
      v.array(v.object({ from: timeSchema, to: timeSchema, value: v.union([v.number(), v.string()]) })),
      "In order of time. Times of which nothing is known are left out.",
    ),
  }),
  v.title("RateSlots"),
  v.description("Prices or carbon intensity slot by slot: what was said last."),
);
export type RateSlotsShape = Shape<typeof rateSlotsSchema>;

/** The provider that spoke may no longer be the first of the source, nor one that is in use. */
const headOf = (of: SourceStatus, provider: string | null) => ({
  source: of.id,
  name: of.name,
  provider,
  attribution: of.statuses.find((status) => status.provider === provider)?.attribution ?? null,
});
const timeOf = (time: Micros | null) => (time === null ? null : microsToRfc3339(time));

export function rateNowShape(of: SourceStatus, values: readonly OutsidePresent[]): RateNowShape {
  return {
    ...headOf(of, values.find(({ provider }) => provider !== null)?.provider ?? of.inUse),
    values: values.map(({ quantity, value: told, unit, time, fetched, why }) => ({
      quantity,
      value: told,
      unit,
      time: timeOf(time),
      fetched: timeOf(fetched),
      ...(why === undefined ? {} : { why }),
    })),
    ...(of.waitsFor === undefined ? {} : { waits_for: of.waitsFor }),
    ...(of.why === undefined ? {} : { why: of.why }),
    ...(of.fix === undefined ? {} : { fix: of.fix }),
  };
}

export function rateSlotsShape(
  of: SourceStatus,
  told: {
    readonly quantity: string;
    readonly provider: string;
    readonly unit: string | null;
    readonly issued: Micros;
    readonly fetched: Micros;
    readonly slots: readonly Slot[];
  },
): RateSlotsShape {
  const slot = ({ from, to, value: one }: Slot): { from: string; to: string; value: OutsideValue } => ({
    from: microsToRfc3339(from),
    to: microsToRfc3339(to),
    value: one,
  });
  return {
    ...headOf(of, told.provider),
    quantity: told.quantity,
    unit: told.unit,
    issued: microsToRfc3339(told.issued),
    fetched: microsToRfc3339(told.fetched),
    ...(of.waitsFor === undefined ? {} : { waits_for: of.waitsFor }),
    slots: told.slots.map(slot),
  };
}
