import type { Context, HomeEvent } from "../../domain/data/reading.ts";
import type { FeedItem } from "../../domain/home/home.ts";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import type { EntityTable } from "../entities.ts";
import { ENTITY_EVENT, REGISTRY_EVENTS, type Registries } from "../registry/registries.ts";
import type { EntityEvent } from "../socket/open-socket.ts";
import { type CoreClock, createCoreClock, timeRemovals } from "./core-clock.ts";
import type { createInbox, RawEvent, Received } from "./inbox.ts";
import type { Call } from "./session.ts";

/** So much is taken at a time, and so many changes are recorded at a time: the event loop is held up for a few ms. */
const SLICE_BYTES = 64 * 1024;
const SLICE_CHANGES = 500;
/** A wave of removals that does not end is recorded in parts of about so many events, timed as well as can be. */
const WAVE = 20_000;

export type PumpNeeds = {
  readonly inbox: ReturnType<typeof createInbox>;
  readonly table: EntityTable;
  readonly registries: Registries;
  readonly call: Call;
  /** Resolves once the inbox holds all that Home Assistant sent before it answered; rejects where no answer comes. */
  readonly ping: () => Promise<unknown>;
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly onRegistries: () => void;
  readonly onMalformed: (why: string) => void;
};

/** One event, in the order in which Home Assistant sent them. */
type Event =
  | { readonly kind: "entities"; readonly event: EntityEvent; readonly arrival: Micros }
  | Extract<Received, { kind: "event" }>;

/** Turns what was received into items, in order, and has them recorded, until the inbox is closed and empty. */
export async function pump(needs: PumpNeeds): Promise<void> {
  const coreClock = createCoreClock();
  for (;;) {
    const received = await needs.inbox.take(SLICE_BYTES);
    if (received.length === 0) return;
    const events = read(received);
    const together = await withReturns(events, needs);
    const size = together ? events.length : SLICE_CHANGES;
    for (let at = 0; at < events.length; at += size) await recordSlice(events.slice(at, at + size), coreClock, needs);
  }
}

/**
 * A removal names no time of its own: it is timed by what comes behind it, and lies before its entity's return (a
 * renamed one is removed and added again). Home Assistant answers in order: a return that is not there when it answers
 * a ping happened after the removal had arrived, and so after any time that the removal is given.
 */
async function withReturns(events: Event[], { inbox, ping }: PumpNeeds): Promise<boolean> {
  let from = 0;
  while (events.slice(from).some(isRemoval) && events.length < WAVE) {
    from = events.length;
    // Where no answer comes, the connection is about to end, and what is there is all there is.
    await ping().catch(() => {});
    while (!inbox.isEmpty) events.push(...read(await inbox.take(SLICE_BYTES)));
  }
  return from > 0;
}

const isRemoval = (one: Event | undefined): boolean => one?.kind === "entities" && one.event.r !== undefined;

function read(received: readonly Received[]): Event[] {
  const events: Event[] = [];
  for (const one of received)
    if (one.kind === "event") events.push(one);
    else for (const event of one.read()) events.push({ kind: "entities", event, arrival: one.arrival });
  return events;
}

async function recordSlice(events: readonly Event[], coreClock: CoreClock, needs: PumpNeeds): Promise<void> {
  const items: FeedItem[] = [];
  const stale = new Map<string, Micros>();
  for (const one of events) {
    if (one.kind === "entities") {
      for (const change of needs.table.apply(one.event, coreClock.at(one.arrival))) {
        if (!change.timeIsArrival) coreClock.observe(one.arrival, change.time);
        items.push({ kind: "change", change });
      }
      continue;
    }
    const event = readEvent(one.event, one.arrival);
    if (!event) {
      needs.onMalformed("an event without type or data");
      continue;
    }
    items.push({ kind: "event", event });
    if (event.type === ENTITY_EVENT) {
      // Names must be right before the next change is filed, so the answer is waited for.
      const altered = await needs.registries.apply(event.type, event.data, needs.call).catch(() => undefined);
      if (altered) items.push({ kind: "registry", update: { ...altered, at: event.time } });
    } else if (REGISTRY_EVENTS.includes(event.type)) stale.set(event.type, event.time);
  }
  // A starting Home Assistant tells of a thousand devices one by one; their list is asked for once per slice.
  for (const [type, at] of stale) {
    const altered = await needs.registries.apply(type, {}, needs.call).catch(() => undefined);
    if (altered) items.push({ kind: "registry", update: { ...altered, at } });
  }
  if (stale.size > 0) needs.onRegistries();
  timeRemovals(items, coreClock);
  if (items.length > 0) await needs.record(items);
}

function readEvent(raw: RawEvent, arrival: Received["arrival"]): HomeEvent | undefined {
  if (typeof raw?.event_type !== "string" || typeof raw.data !== "object" || raw.data === null) return undefined;
  return {
    type: raw.event_type,
    time: (typeof raw.time_fired === "string" ? microsFromRfc3339(raw.time_fired) : undefined) ?? arrival,
    data: raw.data,
    context: readContext(raw.context),
    origin: "live",
  };
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

function readContext(raw: RawEvent["context"]): Context | null {
  const id = text(raw?.id);
  return id === null ? null : { id, parentId: text(raw.parent_id), userId: text(raw.user_id) };
}
