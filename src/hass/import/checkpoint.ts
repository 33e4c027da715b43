import * as v from "valibot";

const time = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(v.number(), v.minValue(0));

const Kept = v.object({
  /** Up to where states are imported; undefined: where they begin is not known yet. */
  statesUntil: v.optional(time),
  /** When the first of them was. */
  since: v.optional(time),
  /** The last statistic that is imported whole, in the order of names. */
  statisticsAfter: v.optional(v.string()),
  /** What the recorder held of that. */
  readings: count,
  statistics: count,
  /** Parts that are done, as the progress counts them. */
  parts: count,
});

/** How far an import has come. What lies between two of them is asked for again, and compared with what is stored. */
export type Checkpoint = v.InferOutput<typeof Kept>;

export function readCheckpoint(value: unknown): Checkpoint {
  const parsed = v.safeParse(Kept, value);
  return parsed.success ? parsed.output : { readings: 0, statistics: 0, parts: 0 };
}
