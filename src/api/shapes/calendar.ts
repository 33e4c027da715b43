import * as v from "valibot";
import type { Occurrence } from "../../domain/outside/occurrence.ts";
import { microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { KnownCalendars, KnownSource } from "../../sources/calendar/looking/known.ts";
import type { BusySlot } from "../../sources/calendar/looking/looking.ts";
import type { OccupancySlot } from "../../sources/calendar/looking/occupancy.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

const dateSchema = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/), v.metadata({ format: "date" }));

const plannedSchema = v.pipe(
  v.object({
    source: v.string(),
    calendar: v.string(),
    uid: v.nullable(v.string()),
    recurrence_id: v.pipe(
      v.nullable(v.string()),
      v.description("Of an event that recurs: when this one would be had nobody moved it."),
    ),
    start: timeSchema,
    end: v.pipe(timeSchema, v.description("Not inside.")),
    all_day: v.boolean(),
    start_date: v.pipe(v.exactOptional(dateSchema), v.description("Of whole days, by the home's dates.")),
    end_date: v.pipe(v.exactOptional(dateSchema), v.description("Not inside.")),
    summary: v.nullable(v.string()),
    location: v.nullable(v.string()),
    description: v.nullable(v.string()),
    status: v.picklist(["confirmed", "tentative", "cancelled"]),
    busy: v.pipe(v.nullable(v.boolean()), v.description("Whether it takes time; null: its calendar does not say.")),
  }),
  v.title("Planned"),
  v.description("One time at which an event of a calendar takes place."),
);
export type PlannedShape = Shape<typeof plannedSchema>;

const sourceSchema = v.pipe(
  v.object({
    source: v.string(),
    name: v.string(),
    fetched: v.pipe(v.nullable(timeSchema), v.description("null: it has told nothing that still holds.")),
    why: v.exactOptional(v.string()),
    calendars: v.array(v.object({ id: v.string(), name: v.string(), holidays: v.boolean() })),
    problems: v.pipe(
      v.array(v.object({ calendar: v.string(), code: v.string(), why: v.string() })),
      v.description("What could not be read; the rest was."),
    ),
  }),
  v.title("CalendarSource"),
);

const windowSchema = v.object({ from: timeSchema, to: timeSchema });
const sources = v.array(sourceSchema);
const unknown = v.pipe(v.array(windowSchema), v.description("Times of which the calendars were not asked."));

export const plannedEventsSchema = v.object({
  from: timeSchema,
  to: timeSchema,
  events: v.array(plannedSchema),
  more: v.pipe(countSchema, v.description("Further ones that limit left out.")),
  unknown,
  sources,
});

const evidenceSchema = v.object({
  source: v.string(),
  calendar: v.string(),
  summary: v.nullable(v.string()),
  start: timeSchema,
  end: timeSchema,
  all_day: v.boolean(),
  means: v.picklist(["home", "away"]),
  found: v.pipe(v.string(), v.description("The words that were found.")),
  where: v.picklist(["summary", "location", "calendar"]),
  by: v.pipe(v.picklist(["rule", "words"]), v.description("A rule of the user's, or a switched-on list of words.")),
});
const slotSchema = v.object({
  from: timeSchema,
  to: timeSchema,
  expected: v.picklist(["home", "away", "unknown"]),
  why: v.exactOptional(v.string()),
  evidence: v.array(evidenceSchema),
});

export const calendarNowSchema = v.object({
  time: timeSchema,
  on: v.array(plannedSchema),
  next: v.array(plannedSchema),
  busy: v.pipe(v.nullable(v.boolean()), v.description("null: no calendar is known.")),
  busy_until: v.exactOptional(timeSchema),
  holidays: v.pipe(v.array(v.string()), v.description("Of the home's day.")),
  occupancy: v.pipe(v.nullable(slotSchema), v.description("null: no calendar is known.")),
  sources,
});
export const freeBusySchema = v.object({
  from: timeSchema,
  to: timeSchema,
  busy: v.array(
    v.object({
      ...windowSchema.entries,
      tentative: v.pipe(v.boolean(), v.description("Every event of it may not take place.")),
    }),
  ),
  free: v.array(windowSchema),
  unknown,
  sources,
});
export const occupancySchema = v.object({
  from: timeSchema,
  to: timeSchema,
  slots: v.array(slotSchema),
  unknown,
  sources,
});
export type PlannedEventsShape = Shape<typeof plannedEventsSchema>;
export type CalendarNowShape = Shape<typeof calendarNowSchema>;
export type FreeBusyShape = Shape<typeof freeBusySchema>;
export type OccupancyShape = Shape<typeof occupancySchema>;

export const windowShape = ({ from, to }: Window) => ({ from: microsToRfc3339(from), to: microsToRfc3339(to) });

export const plannedShape = (one: Occurrence, source: string): PlannedShape => ({
  source,
  calendar: one.calendar,
  uid: one.uid,
  recurrence_id: one.recurrence,
  start: microsToRfc3339(one.start),
  end: microsToRfc3339(one.end),
  all_day: one.dates !== null,
  ...(one.dates ? { start_date: one.dates.from, end_date: one.dates.to } : {}),
  summary: one.summary,
  location: one.location,
  description: one.description,
  status: one.status,
  busy: one.busy,
});

export const sourceShape = ({ source, name, fetched, calendars, problems, why }: KnownSource) => ({
  source,
  name,
  fetched: fetched === null ? null : microsToRfc3339(fetched),
  ...(why === undefined ? {} : { why }),
  calendars: calendars.map((calendar) => ({ ...calendar })),
  problems: problems.map((problem) => ({ ...problem })),
});

export const busyShape = ({ tentative, ...window }: BusySlot) => ({ ...windowShape(window), tentative });

export const slotShape = (
  { evidence, expected, why, ...window }: OccupancySlot,
  known: Pick<KnownCalendars, "sourceOf">,
): OccupancyShape["slots"][number] => ({
  ...windowShape(window),
  expected,
  ...(why === undefined ? {} : { why }),
  evidence: evidence.map(({ occurrence, rule, found }) => ({
    source: known.sourceOf(occurrence),
    calendar: occurrence.calendar,
    summary: occurrence.summary,
    start: microsToRfc3339(occurrence.start),
    end: microsToRfc3339(occurrence.end),
    all_day: occurrence.dates !== null,
    means: rule.means,
    found,
    where: rule.where,
    by: rule.by,
  })),
});
