import * as v from "valibot";
import {
  type Context,
  FLAWS,
  GAP_CAUSES,
  type Gap,
  type HomeEvent,
  ORIGINS,
  type Reading,
  type Stored,
} from "../domain/data/reading.ts";
import { SELECTOR_KINDS } from "../domain/home/selector.ts";
import type { ThinnedSpan } from "../domain/home/thinning.ts";
import { microsToRfc3339, type Window } from "../domain/time/time.ts";

/**
 * What answers look like on the wire (docs/api.md); made here because the worker makes the bytes. The schemas are what
 * the OpenAPI document shows, the types come from them: a title makes a schema a component of its own.
 */
export type Shape<S extends v.GenericSchema> = Frozen<v.InferOutput<S>>;
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

export const timeSchema = v.pipe(
  v.string(),
  v.metadata({
    format: "date-time",
    description: "RFC 3339, UTC, microseconds.",
    examples: ["2026-11-23T22:39:00.123456Z"],
  }),
);
/** RFC 3339, UTC, microseconds. */
export type Time = Shape<typeof timeSchema>;

export const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
export const attributesSchema = v.record(v.string(), v.unknown());

export const contextSchema = v.pipe(
  v.object({ id: v.string(), parent_id: v.nullable(v.string()), user_id: v.nullable(v.string()) }),
  v.title("Context"),
  v.description(
    "Home Assistant's context: what caused a change or an event. What a parent caused names it as parent_id.",
  ),
);
export type ContextShape = Shape<typeof contextSchema>;

export const originSchema = v.picklist(ORIGINS);

export const gapSchema = v.pipe(
  v.object({
    id: countSchema,
    kind: v.picklist(["states", "events"]),
    entity_id: v.nullable(v.string()),
    series: v.nullable(countSchema),
    from: timeSchema,
    to: timeSchema,
    cause: v.picklist(GAP_CAUSES),
  }),
  v.title("Gap"),
  v.description("A known hole: what happened between from and to was not recorded. entity_id null: every entity."),
);
export type GapShape = Shape<typeof gapSchema>;

export const eventSchema = v.pipe(
  v.object({
    id: v.pipe(countSchema, v.description("Its position in the log; never given to another.")),
    type: v.string(),
    time: timeSchema,
    data: attributesSchema,
    context: v.nullable(contextSchema),
    origin: originSchema,
  }),
  v.title("Event"),
);
export type EventShape = Shape<typeof eventSchema>;

export const readingSchema = v.object({
  entity_id: v.string(),
  series: countSchema,
  position: v.pipe(countSchema, v.description("Where the reading stands in the log: larger is later.")),
  state: v.pipe(v.nullable(v.string()), v.description("The exact state text; null: the entity was removed.")),
  attributes: attributesSchema,
  time: timeSchema,
  changed: timeSchema,
  origin: originSchema,
  context: v.nullable(contextSchema),
  time_is_arrival: v.boolean(),
  flaws: v.array(v.picklist(FLAWS)),
});
export type ReadingShape = Shape<typeof readingSchema>;

export const changeSchema = v.pipe(
  v.object({
    ...readingSchema.entries,
    previous: v.nullable(v.object({ state: v.nullable(v.string()), time: timeSchema })),
  }),
  v.title("Change"),
);
export type ChangeShape = Shape<typeof changeSchema>;

const stateText = v.nullable(v.string());
const pointTime = v.union([timeSchema, v.pipe(v.number(), v.integer())]);

/** As `rolledUpJson` writes it. */
const rolledUpSchema = v.pipe(
  v.object({ from: timeSchema, to: timeSchema }),
  v.description(
    "Retention let go of the readings between; statistics still answer for that time. Absent: nothing here was let go.",
  ),
);

export const seriesPointsSchema = v.pipe(
  v.object({
    entity_id: v.string(),
    series: countSchema,
    points: v.exactOptional(
      v.pipe(
        v.array(
          v.union([v.strictTuple([pointTime, stateText]), v.strictTuple([pointTime, stateText, attributesSchema])]),
        ),
        v.description("[time, state], with attributes=true [time, state, attributes]; a state of null is a removal."),
      ),
    ),
    times: v.exactOptional(v.array(pointTime)),
    states: v.exactOptional(v.array(stateText)),
    attributes: v.exactOptional(v.array(attributesSchema)),
    sampled: v.exactOptional(
      v.pipe(
        v.object({
          of: v.pipe(countSchema, v.description("Readings in the window.")),
          method: v.picklist(["none", "peaks", "changes"]),
          complete: v.pipe(v.boolean(), v.description("Whether no change of the state was left out.")),
        }),
        v.description("With max_points: how the points were chosen among the readings."),
      ),
    ),
    completeness: v.pipe(
      v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
      v.description(
        "The share of the window until now that is known: in no gap, after the first reading, with the entity not removed. null where the page does not hold the series' whole window.",
      ),
    ),
    thinned: v.exactOptional(
      v.pipe(
        v.array(
          v.object({
            from: timeSchema,
            to: v.nullable(timeSchema),
            select: v.object({ kind: v.picklist(SELECTOR_KINDS), value: v.string() }),
            min_change: v.nullable(v.number()),
            min_interval_seconds: v.nullable(v.number()),
          }),
        ),
        v.description("When a rule dropped readings of this series; to null: it still does. Absent: never here."),
      ),
    ),
    rolled_up: v.exactOptional(rolledUpSchema),
    gaps: v.array(gapSchema),
  }),
  v.title("SeriesPoints"),
  v.description("points with the form points; times, states and, where asked for, attributes with the form columns."),
);
export type SeriesPoints = Shape<typeof seriesPointsSchema>;

export const annotationSchema = v.pipe(
  v.object({
    id: v.string(),
    from: timeSchema,
    to: v.pipe(v.nullable(timeSchema), v.description("null: a moment.")),
    text: v.string(),
    entities: v.pipe(
      v.array(v.object({ entity_id: v.string(), series: countSchema })),
      v.description("Whom it concerns; empty: everything."),
    ),
    tags: v.array(v.string()),
    created: timeSchema,
    created_by: v.string(),
  }),
  v.title("Annotation"),
  v.description("A note that a person or a program put at a time."),
);
export type AnnotationShape = Shape<typeof annotationSchema>;

const nextCursor = v.pipe(
  v.nullable(v.string()),
  v.description("The same question with this as cursor goes on; null at the end."),
);

export const historySchema = v.pipe(
  v.object({
    from: timeSchema,
    to: timeSchema,
    order: v.picklist(["oldest_first", "newest_first"]),
    series: v.array(seriesPointsSchema),
    annotations: v.exactOptional(v.array(annotationSchema)),
    next_cursor: nextCursor,
  }),
  v.title("History"),
);
export type HistoryAnswer = Shape<typeof historySchema>;

export const eventsSchema = v.pipe(
  v.object({ events: v.array(eventSchema), next_cursor: nextCursor, gaps: v.array(gapSchema) }),
  v.title("Events"),
);
export type EventsAnswer = Shape<typeof eventsSchema>;

export const atSchema = v.pipe(
  v.object({
    time: timeSchema,
    states: v.array(
      v.object({
        entity_id: v.string(),
        series: countSchema,
        state: v.pipe(stateText, v.description("Of the last reading until then; null: removed, or none yet.")),
        time: v.pipe(v.nullable(timeSchema), v.description("Of that reading; null: there is none.")),
        changed: v.nullable(timeSchema),
        attributes: v.exactOptional(attributesSchema),
        known: v.pipe(
          v.boolean(),
          v.description(
            "False: before the first reading, where readings were let go (rolled_up), or in a gap, where the state is the last one before it.",
          ),
        ),
        gap: v.nullable(gapSchema),
        rolled_up: v.exactOptional(rolledUpSchema),
      }),
    ),
  }),
  v.title("StatesAt"),
);
export type AtAnswer = Shape<typeof atSchema>;

export const contextShape = (context: Context | null): ContextShape | null =>
  context && { id: context.id, parent_id: context.parentId, user_id: context.userId };

export const gapShape = (gap: Stored<Gap>, entityId: string | null): GapShape => ({
  id: gap.position,
  kind: gap.kind,
  entity_id: entityId,
  series: gap.series,
  from: microsToRfc3339(gap.from),
  to: microsToRfc3339(gap.to),
  cause: gap.cause,
});

/** A time that is not heard, and not filled or given up yet. */
export const openHoleShape = ({ from, to }: Window): GapShape => ({
  id: 0,
  kind: "states",
  entity_id: null,
  series: null,
  from: microsToRfc3339(from),
  to: microsToRfc3339(to),
  cause: "disconnected",
});

export const thinnedShape = ({ from, to, rule: { select, minChange, minInterval } }: ThinnedSpan) => ({
  from: microsToRfc3339(from),
  to: to === null ? null : microsToRfc3339(to),
  select: { kind: select.kind, value: select.value },
  min_change: minChange,
  min_interval_seconds: minInterval === null ? null : minInterval / 1e6,
});

export const eventShape = (event: Stored<HomeEvent>): EventShape => ({
  id: event.position,
  type: event.type,
  time: microsToRfc3339(event.time),
  data: event.data,
  context: contextShape(event.context),
  origin: event.origin,
});

export const readingShape = (reading: Stored<Reading>, entityId: string): ReadingShape => ({
  entity_id: entityId,
  series: reading.series,
  position: reading.position,
  state: reading.state,
  attributes: reading.attributes,
  time: microsToRfc3339(reading.time),
  changed: microsToRfc3339(reading.changed),
  origin: reading.origin,
  context: contextShape(reading.context),
  time_is_arrival: reading.timeIsArrival,
  flaws: reading.flaws,
});

/** @param previous the latest reading of the series before this one. */
export const changeShape = (
  reading: Stored<Reading>,
  entityId: string,
  previous: Stored<Reading> | undefined,
): ChangeShape => ({
  ...readingShape(reading, entityId),
  previous: previous ? { state: previous.state, time: microsToRfc3339(previous.time) } : null,
});
