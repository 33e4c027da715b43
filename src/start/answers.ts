import { createExchange } from "../exchange/exchange.ts";
import { createHistory } from "../history/history.ts";
import { startWorker } from "../platform/worker.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Recording } from "./recording.ts";

/** What is asked of the past. */
export function openAnswers(
  { clock, log, keep }: Ground,
  { store, storeStatus, statisticUnits }: Data,
  { ingest, present, holes }: Recording,
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
  return { history, exchange };
}
