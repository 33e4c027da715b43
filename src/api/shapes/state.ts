import * as v from "valibot";
import { FLAWS, type Reading, type Stored } from "../../domain/reading.ts";
import { currentIdentity, type Identity, type Series } from "../../domain/series.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { LiveChange } from "../../live/topics.ts";
import {
  attributesSchema,
  contextSchema,
  contextShape,
  countSchema,
  originSchema,
  type Shape,
  timeSchema,
} from "./answers.ts";

const readingSchema = v.object({
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
type ReadingShape = Shape<typeof readingSchema>;

export const stateSchema = v.pipe(
  v.object({
    ...readingSchema.entries,
    name: v.nullable(v.string()),
    device_id: v.nullable(v.string()),
    area_id: v.nullable(v.string()),
    floor_id: v.nullable(v.string()),
    labels: v.array(v.string()),
    integration: v.nullable(v.string()),
    category: v.nullable(v.string()),
  }),
  v.title("State"),
);
export type State = Shape<typeof stateSchema>;

export const changeSchema = v.pipe(
  v.object({
    ...readingSchema.entries,
    previous: v.nullable(v.object({ state: v.nullable(v.string()), time: timeSchema })),
  }),
  v.title("Change"),
);
export type Change = Shape<typeof changeSchema>;

const readingShape = (reading: Stored<Reading>, identity: Identity): ReadingShape => ({
  entity_id: identity.entityId,
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

export const stateShape = (reading: Stored<Reading>, series: Series): State => {
  const identity = currentIdentity(series);
  return {
    ...readingShape(reading, identity),
    name: identity.name,
    device_id: identity.deviceId,
    area_id: identity.areaId,
    floor_id: identity.floorId,
    labels: identity.labels,
    integration: identity.integration,
    category: identity.category,
  };
};

export const changeShape = ({ reading, series, previous }: LiveChange): Change => ({
  ...readingShape(reading, currentIdentity(series)),
  previous: previous ? { state: previous.state, time: microsToRfc3339(previous.time) } : null,
});

/** JSON of states and changes, made once however many ask: a reading and an identity never change. */
export type Encoder = {
  state(reading: Stored<Reading>, series: Series): string;
  change(change: LiveChange): string;
};

export function createEncoder(): Encoder {
  const states = new WeakMap<Stored<Reading>, { identity: Identity; text: string }>();
  const changes = new WeakMap<LiveChange, string>();
  return {
    state: (reading, series) => {
      const identity = currentIdentity(series);
      const made = states.get(reading);
      if (made?.identity === identity) return made.text;
      const text = JSON.stringify(stateShape(reading, series));
      states.set(reading, { identity, text });
      return text;
    },
    change: (change) => {
      const made = changes.get(change);
      if (made !== undefined) return made;
      const text = JSON.stringify(changeShape(change));
      changes.set(change, text);
      return text;
    },
  };
}
