import type { GapCause } from "../domain/data/reading.ts";
import type { FeedItem } from "../domain/home/home.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Heard } from "./session/session.ts";

/** Up to when everything was heard, and why it was not from then on. */
export function createHeard(needs: {
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  /** What the store says of the time before this run. */
  readonly heard: Heard;
  readonly cause: GapCause;
  readonly clock: Pick<Clock, "ticks">;
}) {
  const { clock } = needs;
  let { heard, cause } = needs;
  let endedAt: number | undefined;
  const record = async (items: readonly FeedItem[]) => {
    await needs.record(items);
    let { changes = 0, events = 0 } = heard;
    for (const item of items) {
      const told = item.kind === "change" ? item.change : item.kind === "event" ? item.event : undefined;
      if (told?.origin === "live" && !("timeIsArrival" in told && told.timeIsArrival)) {
        // One socket carries both in order.
        changes = Math.max(changes, told.time);
        events = Math.max(events, told.time);
      }
      if (item.kind === "gap" && item.gap.kind === "events") events = Math.max(events, item.gap.to);
    }
    heard = { changes: changes || undefined, events: events || undefined };
  };
  return {
    get heard() {
      return heard;
    },
    get cause() {
      return cause;
    },
    record,
    /** Nothing is heard any more, for this reason. */
    ended: (why: GapCause) => {
      cause = why;
      endedAt = clock.ticks();
    },
    /**
     * A pause begins while nothing is heard anyway: what was missed until now has another cause. How long that is our
     * clock's ticks say: its time may differ from Home Assistant's. Before anything was heard in this run nothing says.
     */
    paused: async () => {
      const from = heard.events;
      if (cause === "paused" || from === undefined || endedAt === undefined) return;
      const to = from + Math.round((clock.ticks() - endedAt) * 1000);
      const before = cause;
      cause = "paused";
      if (to > from) await record([{ kind: "gap", gap: { kind: "events", entityId: null, from, to, cause: before } }]);
    },
  };
}
