import type { Flaw, Origin, Position, Reading, SeriesId, Stored } from "../../domain/reading.ts";
import { currentIdentity, type Identity, type Series } from "../../domain/series.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { LiveChange } from "../../live/topics.ts";
import { type ContextShape, contextShape, type Time } from "./answers.ts";

type ReadingShape = {
  readonly entity_id: string;
  readonly series: SeriesId;
  readonly position: Position;
  readonly state: string | null;
  readonly attributes: { readonly [name: string]: unknown };
  readonly time: Time;
  readonly changed: Time;
  readonly origin: Origin;
  readonly context: ContextShape | null;
  readonly time_is_arrival: boolean;
  readonly flaws: readonly Flaw[];
};

export type State = ReadingShape & {
  readonly name: string | null;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly floor_id: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
};

export type Change = ReadingShape & {
  readonly previous: { readonly state: string | null; readonly time: Time } | null;
};

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
