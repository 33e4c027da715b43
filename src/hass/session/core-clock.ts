import type { FeedItem } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";

/**
 * Home Assistant's clock as seen from ours. Its messages arrive a moment after the time they name; the least such
 * delay of late is network and clock difference together, and taking it off an arrival gives Home Assistant's time.
 */
export type CoreClock = {
  observe(arrival: Micros, time: Micros): void;
  at(arrival: Micros): Micros;
  /** The latest time that was named before the items that are timed next. */
  told: Micros;
};

/** The estimate follows a drifting clock upwards by this much per observation. */
const LEAK: Micros = 5;

export function createCoreClock(): CoreClock {
  let offset = Number.POSITIVE_INFINITY;
  return {
    observe: (arrival, time) => {
      offset = Math.min(offset + LEAK, arrival - time);
    },
    at: (arrival) => (Number.isFinite(offset) ? arrival - offset : arrival),
    told: Number.NEGATIVE_INFINITY,
  };
}

/**
 * A removal names no time, and its arrival may be late by a whole queue. It happened between the messages around it,
 * since they come in order, and before the same entity was there again.
 */
export function timeRemovals(items: FeedItem[], clock: CoreClock): void {
  const floors: Micros[] = [];
  for (const item of items) {
    floors.push(clock.told);
    clock.told = Math.max(clock.told, namedTime(item) ?? clock.told);
  }
  const returned = new Map<string, Micros>();
  let ceiling = Number.POSITIVE_INFINITY;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i] as FeedItem;
    ceiling = namedTime(item) ?? ceiling;
    if (item.kind !== "change") continue;
    let { time } = item.change;
    if (item.change.timeIsArrival) {
      const floor = floors[i] as Micros;
      time = Math.max(floor, ceiling > floor ? Math.min(time, ceiling - 1) : time);
      time = Math.min(time, (returned.get(item.change.entityId) ?? Number.POSITIVE_INFINITY) - 1);
      items[i] = { kind: "change", change: { ...item.change, time, changed: time } };
    }
    returned.set(item.change.entityId, time);
  }
}

const namedTime = (item: FeedItem): Micros | undefined =>
  item.kind === "event"
    ? item.event.time
    : item.kind === "change" && !item.change.timeIsArrival
      ? item.change.time
      : undefined;
