import { ALL_TIME } from "../../domain/time/time.ts";
import type { Store } from "../../store/store.ts";
import type { Figures } from "./ports.ts";

/** What `/status` counts, from the store's own figures and the rates of what was stored lately. */
export function figuresOf(
  store: Pick<Store, "stats" | "gaps">,
  perSecond: { readonly changes: number; readonly events: number },
): ReturnType<Figures> {
  const { readings, events, series, bytes, oldest, newest } = store.stats();
  return {
    changesPerSecond: perSecond.changes,
    eventsPerSecond: perSecond.events,
    totals: { changes: readings, events, gaps: store.gaps(ALL_TIME).length, series, bytes },
    recordedSince: oldest,
    lastChange: newest,
  };
}
