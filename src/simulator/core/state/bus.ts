import type { Attributes, Context } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { StateChange } from "./state.ts";
import { stateText } from "./state.ts";
import { contextText, isoText } from "./wire.ts";

/** Home Assistant's event bus: events by type or all (`*`), and state changes for those who want them as deltas. */
export type Bus = {
  fire(type: string, data: Attributes, context: Context, origin?: "LOCAL" | "REMOTE"): void;
  publish(change: StateChange): void;
  /** `text` is the event as JSON. The answer stops it. */
  listen(type: string, hear: (text: string) => void): () => void;
  onChange(hear: (change: StateChange) => void): () => void;
  /** For watchers inside the simulator: every event but state changes. */
  onEvent(hear: (type: string, data: Attributes, context: Context) => void): () => void;
  listenerCounts(): { event: string; listener_count: number }[];
};

export function createBus(needs: { now: () => Micros }): Bus {
  const texts = new Map<string, Set<(text: string) => void>>();
  const changes = new Set<(change: StateChange) => void>();
  const events = new Set<(type: string, data: Attributes, context: Context) => void>();
  const hearers = (type: string) => texts.get(type) ?? new Set();
  const wanted = (type: string) => texts.has(type) || texts.has("*");
  const deliver = (type: string, text: string) => {
    for (const hear of [...hearers(type), ...hearers("*")]) hear(text);
  };
  return {
    fire(type, data, context, origin = "LOCAL") {
      for (const hear of [...events]) hear(type, data, context);
      if (wanted(type)) deliver(type, eventText(type, JSON.stringify(data), origin, needs.now(), context));
    },
    publish(change) {
      for (const hear of changes) hear(change);
      if (!wanted("state_changed")) return;
      const { entityId, before, after, time, context } = change;
      const data = `{"entity_id":"${entityId}","old_state":${before ? stateText(before) : "null"},"new_state":${
        after ? stateText(after) : "null"
      }}`;
      deliver("state_changed", eventText("state_changed", data, "LOCAL", time, context));
    },
    listen(type, hear) {
      const set = texts.get(type) ?? new Set();
      texts.set(type, set.add(hear));
      return () => {
        set.delete(hear);
        if (set.size === 0) texts.delete(type);
      };
    },
    onChange(hear) {
      changes.add(hear);
      return () => changes.delete(hear);
    },
    onEvent(hear) {
      events.add(hear);
      return () => events.delete(hear);
    },
    listenerCounts: () => [...texts].map(([event, set]) => ({ event, listener_count: set.size })),
  };
}

const eventText = (type: string, data: string, origin: string, time: Micros, context: Context): string =>
  `{"event_type":${JSON.stringify(type)},"data":${data},"origin":"${origin}","time_fired":"${isoText(
    time,
  )}","context":${contextText(context)}}`;
