import type { SeriesId } from "../../domain/data/reading.ts";
import { currentIdentity, type Series } from "../../domain/data/series.ts";
import type { SeriesBook } from "./ports.ts";

/** Finds series by name among those that the store knows, which keeps adding to its map. */
export function createSeriesBook(known: () => ReadonlyMap<SeriesId, Series>): SeriesBook {
  /** Names seen to be held; each is looked at again before it is believed. */
  const held = new Map<string, SeriesId>();
  const holds = (series: Series, entityId: string): boolean => {
    const identity = currentIdentity(series);
    return identity.holdsName && identity.entityId === entityId;
  };
  return {
    get: (id) => known().get(id),
    all: () => known().values(),
    named: (entityId) => {
      const series = known();
      const remembered = series.get(held.get(entityId) ?? -1);
      if (remembered && holds(remembered, entityId)) return remembered;
      let former: { series: Series; from: number } | undefined;
      for (const one of series.values()) {
        if (holds(one, entityId)) {
          held.set(entityId, one.id);
          return one;
        }
        for (const identity of one.identities)
          if (identity.entityId === entityId && identity.from >= (former?.from ?? Number.NEGATIVE_INFINITY))
            former = { series: one, from: identity.from };
      }
      held.delete(entityId);
      return former?.series;
    },
  };
}
