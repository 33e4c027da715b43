import type { Gap, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { currentIdentity } from "../domain/data/series.ts";
import { isOutside } from "../domain/outside/names.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Store } from "../store/store.ts";

/** The position of what is not stored. */
const UNSAVED = 0;

/** What is not recorded by choice: of that the store holds no present state, and a hole that lasts still. */
type Excluded = {
  has(series: SeriesId): boolean;
  openGaps(window: Window, series?: SeriesId): readonly Stored<Gap>[];
};

/** The present of what a rule thins, where it is not stored. */
type Thinned = { unsaved(series: SeriesId): Reading | undefined };

/** The store's present and its holes, as they are told: an excluded entity's last reading is not its present state. */
export function createPresent(
  store: Pick<Store, "latest" | "allLatest" | "gaps" | "series">,
  excluded: Excluded,
  thinned: Thinned,
) {
  const unsaved = (series: SeriesId): Stored<Reading> | undefined => {
    const reading = thinned.unsaved(series);
    return reading && { ...reading, position: UNSAVED };
  };
  function* all(): Generator<Stored<Reading>> {
    for (const reading of store.allLatest())
      if (!excluded.has(reading.series)) yield unsaved(reading.series) ?? reading;
  }
  return {
    states: {
      get: (series: SeriesId) => (excluded.has(series) ? undefined : (unsaved(series) ?? store.latest(series))),
      all,
    },
    gaps: (window: Window, series?: SeriesId): readonly Stored<Gap>[] => {
      const open = excluded.openGaps(window, series);
      const stored = store.gaps(window, series);
      return open.length === 0 ? stored : [...stored, ...open].sort((a, b) => a.from - b.from);
    },
    /** Entities of Home Assistant that are there and recorded, with since when at least they have been there. */
    *followed(): Generator<{ entityId: string; since: Micros; latest: { time: Micros; state: string } }> {
      for (const { series, time, state } of all()) {
        const known = store.series().get(series);
        if (state === null || !known) continue;
        const { entityId, holdsName } = currentIdentity(known);
        if (holdsName && !isOutside(entityId))
          yield { entityId, since: known.identities[0]?.from ?? time, latest: { time, state } };
      }
    },
  };
}
