import * as v from "valibot";
import type { CalendarFacts } from "../../domain/outside/occurrence.ts";

const text = v.nullable(v.string());
const window = v.object({ from: v.number(), to: v.number() });
const schema: v.GenericSchema<unknown, CalendarFacts> = v.object({
  window,
  calendars: v.array(v.object({ id: v.string(), name: v.string(), holidays: v.boolean() })),
  occurrences: v.array(
    v.object({
      calendar: v.string(),
      uid: text,
      recurrence: text,
      start: v.number(),
      end: v.number(),
      dates: v.nullable(v.object({ from: v.string(), to: v.string() })),
      summary: text,
      location: text,
      description: text,
      status: v.picklist(["confirmed", "tentative", "cancelled"]),
      busy: v.nullable(v.boolean()),
    }),
  ),
  problems: v.array(v.object({ calendar: v.string(), code: v.string(), why: v.string() })),
  rules: v.array(
    v.object({
      means: v.picklist(["home", "away"]),
      where: v.picklist(["summary", "location", "calendar"]),
      words: v.array(v.string()),
      wholeDays: v.union([v.picklist(["all", "none"]), window]),
      by: v.picklist(["rule", "words"]),
    }),
  ),
});

const read = new WeakMap<object, CalendarFacts | undefined>();

/** Facts that were kept, perhaps by an older version. undefined: they are of another shape. */
export function readFacts(kept: unknown): CalendarFacts | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  // Thousands of events are not looked at anew for every question.
  if (!read.has(kept)) {
    const result = v.safeParse(schema, kept);
    read.set(kept, result.success ? result.output : undefined);
  }
  return read.get(kept);
}
