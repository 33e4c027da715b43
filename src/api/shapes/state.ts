import * as v from "valibot";
import type { Reading, Stored } from "../../domain/data/reading.ts";
import { currentIdentity, type Identity, type Series } from "../../domain/data/series.ts";
import type { LiveChange } from "../../live/topics.ts";
import { changeShape, readingSchema, readingShape, type Shape } from "./answers.ts";

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

export const stateShape = (reading: Stored<Reading>, series: Series): State => {
  const identity = currentIdentity(series);
  return {
    ...readingShape(reading, identity.entityId),
    name: identity.name,
    device_id: identity.deviceId,
    area_id: identity.areaId,
    floor_id: identity.floorId,
    labels: identity.labels,
    integration: identity.integration,
    category: identity.category,
  };
};

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
      const text = JSON.stringify(
        changeShape(change.reading, currentIdentity(change.series).entityId, change.previous),
      );
      changes.set(change, text);
      return text;
    },
  };
}
