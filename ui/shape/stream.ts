import type { Attributes, Change, HomeEvent } from "../api-types.ts";
import type { Filterable } from "./filter.ts";

/** One row of the Live page. */
export type StreamEntry = Filterable &
  (
    | { readonly kind: "change"; readonly key: number; readonly change: Change }
    | { readonly kind: "event"; readonly key: number; readonly event: HomeEvent }
    | { readonly kind: "note"; readonly key: number; readonly note: Note }
  );

/** What the list lacks, said where it lacks it. Times are milliseconds. */
export type Note =
  | { readonly what: "lost"; readonly count: number; readonly at: number }
  | { readonly what: "disconnected"; readonly from: number; readonly to: number };

export type Stream = {
  readonly paused: boolean;
  /** Newest first; at most `limit`. */
  shown(): readonly StreamEntry[];
  /** Matching entries that arrived during the pause, however many of them are still held. */
  readonly waiting: number;
  /** Of those waiting, how many can no longer be shown because only the newest `limit` are held. */
  readonly waitingDropped: number;
  /** Entries the hub left out for a slow reader since the list was last cleared; notes of them may have scrolled away. */
  readonly leftOut: number;
  changes(changes: readonly Change[]): void;
  events(events: readonly HomeEvent[]): void;
  note(note: Note): void;
  pause(): void;
  resume(): void;
  clear(): void;
  /** Applies to what is shown, what waits and what comes. */
  filter(accepts: (entry: StreamEntry) => boolean): void;
};

/** Bounded on both sides of the pause: a page left open for a week holds no more than one opened now. */
export function createStream({ limit }: { limit: number }): Stream {
  let nextKey = 1;
  let accepts: (entry: StreamEntry) => boolean = () => true;
  // Oldest first inside, so that appending is a push.
  let shown: StreamEntry[] = [];
  let held: StreamEntry[] = [];
  let heldInAll = 0;
  let leftOut = 0;
  let paused = false;
  let newestFirst: readonly StreamEntry[] | undefined;

  const cut = (entries: StreamEntry[]) => (entries.length > limit ? entries.slice(-limit) : entries);
  const add = (entries: readonly StreamEntry[]) => {
    const passing = entries.filter(accepts);
    if (passing.length === 0) return;
    if (paused) {
      heldInAll += passing.length;
      held = cut([...held, ...passing]);
    } else {
      shown = cut([...shown, ...passing]);
      newestFirst = undefined;
    }
  };

  return {
    get paused() {
      return paused;
    },
    get waiting() {
      return heldInAll;
    },
    get waitingDropped() {
      return heldInAll - held.length;
    },
    get leftOut() {
      return leftOut;
    },
    shown: () => {
      newestFirst ??= shown.toReversed();
      return newestFirst;
    },
    changes: (changes) => add(changes.map((change) => changeEntry(change, nextKey++))),
    events: (events) => add(events.map((event) => eventEntry(event, nextKey++))),
    note: (note) => {
      if (note.what === "lost") leftOut += note.count;
      add([{ kind: "note", key: nextKey++, note, entities: [], haystack: () => "" }]);
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      shown = cut([...shown, ...held]);
      held = [];
      heldInAll = 0;
      newestFirst = undefined;
    },
    clear: () => {
      shown = [];
      held = [];
      heldInAll = 0;
      leftOut = 0;
      newestFirst = undefined;
    },
    filter: (next) => {
      accepts = next;
      shown = shown.filter(accepts);
      const before = held.length;
      held = held.filter(accepts);
      // What was dropped cannot be asked whether it matches: it counts no longer, unless nothing was filtered away.
      if (held.length !== before) heldInAll = held.length;
      newestFirst = undefined;
    },
  };
}

function changeEntry(change: Change, key: number): StreamEntry {
  let text: string | undefined;
  return {
    kind: "change",
    key,
    change,
    entities: [change.entity_id],
    haystack: () => {
      text ??=
        `${change.entity_id} ${friendlyName(change.attributes)} ${change.state ?? ""} ${change.previous?.state ?? ""}`.toLowerCase();
      return text;
    },
  };
}

function eventEntry(event: HomeEvent, key: number): StreamEntry {
  let text: string | undefined;
  return {
    kind: "event",
    key,
    event,
    entities: entitiesOf(event.data),
    haystack: () => {
      text ??= `${event.type} ${JSON.stringify(event.data)}`.toLowerCase();
      return text;
    },
  };
}

const friendlyName = (attributes: Attributes) =>
  typeof attributes.friendly_name === "string" ? attributes.friendly_name : "";

/** Entities an event is about: named at its top, in its service data or in its target. */
export function entitiesOf(data: Attributes): readonly string[] {
  const found: string[] = [];
  for (const place of [data, data.service_data, data.target]) {
    if (typeof place !== "object" || place === null) continue;
    const named = (place as Attributes).entity_id;
    for (const id of Array.isArray(named) ? named : [named])
      if (typeof id === "string" && id.includes(".")) found.push(id);
  }
  return found;
}
