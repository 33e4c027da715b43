import { createPublished } from "../published/published.ts";
import type { Sources } from "../sources/sources.ts";
import type { Data } from "./data.ts";
import type { openEnergy } from "./energy.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** What Home Assistant is offered to show. */
export function openOffered(
  { clock, status, keep }: Ground,
  { store }: Data,
  { present, live, feed, holes }: Recording,
  needs: { readonly home: Home; readonly sources: Sources; readonly energy: ReturnType<typeof openEnergy> },
) {
  const { home, sources, energy } = needs;
  return keep(
    createPublished({
      clock,
      bus: live,
      parts: status.all,
      connected: home.connected,
      perMinute: feed.perMinute,
      series: store.series,
      latest: present.states.get,
      gaps: store.gaps,
      stats: store.stats,
      openHoles: holes.get,
      outside: () => ({
        present: sources.present(),
        nameOf: (source) => sources.get(source)?.name ?? source,
        cheapest: energy.cheapestToday,
        priced: energy.isPriced(),
        alwaysOn: energy.houseAlwaysOn(),
        now: clock.now(),
      }),
    }),
  );
}
