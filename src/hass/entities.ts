import type { Attributes, Context, Origin } from "../domain/data/reading.ts";
import type { Change } from "../domain/home/home.ts";
import { type Micros, microsFromSeconds } from "../domain/time/time.ts";
import type { EntityEvent } from "./socket/open-socket.ts";

/** The present state of every entity, kept from the deltas of `subscribe_entities`. */
export type EntityTable = {
  /** The first event of a subscription: the whole truth. Answers with every entity's present state. */
  reset(event: EntityEvent): Change[];
  /** A later event. Answers with its changes, in order. `arrival` stands in where the message names no time. */
  apply(event: EntityEvent, arrival: Micros): Change[];
  get(entityId: string): Change | undefined;
  readonly size: number;
};

type Full = { s: string; a: Attributes; c: unknown; lc: number; lu?: number };
type Plus = { s?: string; a?: { [name: string]: unknown }; c?: unknown; lc?: number; lu?: number };
type Diff = { "+"?: Plus; "-"?: { a?: readonly string[] } };

const NOTHING: Attributes = Object.freeze({});

/**
 * @param onMalformed told of every part that cannot be used; the rest of the event is applied.
 * @param leftOut entities of which nothing is kept or told.
 */
export function createEntityTable(
  onMalformed: (why: string) => void,
  leftOut: (entityId: string) => boolean = () => false,
): EntityTable {
  const table = new Map<string, Change>();

  const put = (entityId: string, raw: unknown, origin: Origin): Change | undefined => {
    if (leftOut(entityId)) return undefined;
    const full = raw as Full;
    if (!isRecord(raw) || typeof full.s !== "string" || !isRecord(full.a) || typeof full.lc !== "number") {
      onMalformed(`${entityId}: an entity without state, attributes or time`);
      return undefined;
    }
    const changed = microsFromSeconds(full.lc);
    const time = typeof full.lu === "number" ? microsFromSeconds(full.lu) : changed;
    if (!Number.isSafeInteger(time) || !Number.isSafeInteger(changed)) {
      onMalformed(`${entityId}: an entity with an impossible time`);
      return undefined;
    }
    const context = contextOf(full.c, null);
    const { s: state, a: attributes } = full;
    const change: Change = { entityId, state, attributes, time, changed, context, origin, timeIsArrival: false };
    table.set(entityId, change);
    return change;
  };

  const merge = (entityId: string, diff: Diff): Change | undefined => {
    if (leftOut(entityId)) return undefined;
    const before = table.get(entityId);
    if (!before || !isRecord(diff)) {
      onMalformed(`${entityId}: a difference to an entity that is not known`);
      return undefined;
    }
    const plus = diff["+"] ?? {};
    const gone = diff["-"]?.a;
    if (typeof plus.lc !== "number" && typeof plus.lu !== "number") {
      onMalformed(`${entityId}: a difference without a time`);
      return undefined;
    }
    const time = microsFromSeconds((plus.lc ?? plus.lu) as number);
    if (!Number.isSafeInteger(time)) {
      onMalformed(`${entityId}: a difference with an impossible time`);
      return undefined;
    }
    const change: Change = {
      entityId,
      state: typeof plus.s === "string" ? plus.s : before.state,
      attributes: plus.a || gone ? mergeAttributes(before.attributes, plus.a, gone) : before.attributes,
      time,
      changed: typeof plus.lc === "number" ? time : before.changed,
      context: plus.c === undefined ? before.context : contextOf(plus.c, before.context),
      origin: "live",
      timeIsArrival: false,
    };
    table.set(entityId, change);
    return change;
  };

  const remove = (entityId: string, arrival: Micros): Change => {
    table.delete(entityId);
    return removal(entityId, arrival, "live");
  };

  return {
    reset: (event) => {
      table.clear();
      const changes: Change[] = [];
      for (const [entityId, raw] of Object.entries((event.a ?? {}) as object)) {
        const change = put(entityId, raw, "live");
        if (change) changes.push(change);
      }
      return changes;
    },
    apply: (event, arrival) => {
      const changes: Change[] = [];
      const add = (change: Change | undefined) => change && changes.push(change);
      // Home Assistant sends one kind per event at a time; removals first keeps a rename's order if it ever does not.
      if (Array.isArray(event.r)) for (const entityId of event.r) add(remove(String(entityId), arrival));
      if (isRecord(event.a)) for (const entityId in event.a) add(put(entityId, event.a[entityId], "live"));
      if (isRecord(event.c)) for (const entityId in event.c) add(merge(entityId, event.c[entityId] as Diff));
      return changes;
    },
    get: (entityId) => table.get(entityId),
    get size() {
      return table.size;
    },
  };
}

export const removal = (entityId: string, arrival: Micros, origin: Origin): Change => ({
  entityId,
  state: null,
  attributes: NOTHING,
  time: arrival,
  changed: arrival,
  context: null,
  origin,
  timeIsArrival: true,
});

const isRecord = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string is a new id: in a full state without user and parent, in a difference with those from before. */
function contextOf(raw: unknown, before: Context | null): Context | null {
  if (typeof raw === "string") return { id: raw, parentId: before?.parentId ?? null, userId: before?.userId ?? null };
  if (!isRecord(raw)) return before;
  const part = (key: string, old: string | null | undefined) =>
    key in raw ? (typeof raw[key] === "string" ? (raw[key] as string) : null) : (old ?? null);
  return {
    id: part("id", before?.id) ?? "",
    parentId: part("parent_id", before?.parentId),
    userId: part("user_id", before?.userId),
  };
}

function mergeAttributes(
  before: Attributes,
  plus: { [name: string]: unknown } | undefined,
  gone: readonly string[] | undefined,
): Attributes {
  const merged: { [name: string]: unknown } = { ...before };
  if (gone) for (const name of gone) delete merged[name];
  if (plus) {
    for (const name in plus) {
      // Assigning `__proto__` would set the prototype instead of a member.
      if (name === "__proto__") Object.defineProperty(merged, name, own(plus[name]));
      else merged[name] = plus[name];
    }
  }
  return merged;
}

const own = (value: unknown) => ({ value, writable: true, enumerable: true, configurable: true });
