import type { Gap, HomeEvent, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Series } from "../domain/data/series.ts";
import type { Clock } from "../platform/time/clock.ts";
import { createRate } from "../platform/time/rate.ts";
import type { LiveBus } from "./topics.ts";

type StoredChange = {
  readonly series: SeriesId;
  readonly reading: Stored<Reading>;
  readonly previous: Stored<Reading> | undefined;
};

/** Tells the listeners what has been stored, and counts it. */
export function createStoredFeed(needs: {
  bus: LiveBus;
  series: () => ReadonlyMap<SeriesId, Series>;
  clock: Pick<Clock, "ticks">;
}) {
  const { bus, series, clock } = needs;
  const rates = { changes: createRate(clock), events: createRate(clock) };
  return {
    publish: {
      changes: (stored: readonly StoredChange[]) => {
        rates.changes.add(stored.length);
        const known = series();
        bus.publish(
          "change",
          stored.flatMap((change) => {
            const of = known.get(change.series);
            return of ? [{ ...change, series: of }] : [];
          }),
        );
      },
      events: (stored: readonly Stored<HomeEvent>[]) => {
        rates.events.add(stored.length);
        bus.publish("event", stored);
      },
      gaps: (stored: readonly Stored<Gap>[]) => bus.publish("gap", stored),
    },
    /** The mean of the last ten seconds. */
    perSecond: () => ({ changes: rates.changes.perSecond(), events: rates.events.perSecond() }),
    /** How many in the last minute. */
    perMinute: () => ({ changes: rates.changes.lastMinute(), events: rates.events.lastMinute() }),
  };
}
