import { createExchange } from "../exchange/exchange.ts";
import { createHistory } from "../history/history.ts";
import { startWorker } from "../platform/worker.ts";
import { createPublished } from "../published/published.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** What is asked of the past, and what Home Assistant is offered to show. */
export function openAnswers(
  { clock, log, status, keep }: Ground,
  { store, storeStatus, statisticUnits }: Data,
  { ingest, present, live, feed, holes }: Recording,
  home: Home,
) {
  const readable = {
    ...store,
    gaps: present.gaps,
    // What is found damaged while it is read is told at once.
    noteDamages: (found: Parameters<typeof store.noteDamages>[0]) => {
      store.noteDamages(found);
      storeStatus.tell();
    },
  };
  const history = keep(
    createHistory({
      store: readable,
      startWorker: () => startWorker("history/worker"),
      openHoles: holes.get,
      thinned: ingest.thinned.spans,
      clock,
      log: log.for("history"),
    }),
  );
  const exchange = keep(
    createExchange({
      store: readable,
      unitOfStatistics: statisticUnits.of,
      startWorker: () => startWorker("exchange/worker"),
      clock,
      log: log.for("exchange"),
    }),
  );
  const published = keep(
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
    }),
  );
  return { history, exchange, published };
}
