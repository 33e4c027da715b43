import { join } from "node:path";
import { currentIdentity } from "../../../src/domain/data/series.ts";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Entry } from "../../../src/store/store.ts";

const AT_ONCE = 5_000;

/** Writes a past into the store of a stopped hub, as an import would. */
export async function openPast(dataDir: string) {
  const store = await openStore({
    kind: "embedded",
    folder: join(dataDir, "home", "store"),
    clock: systemClock,
    log: silentLog,
  });
  const waiting: Entry[] = [];
  const put = async (entry: Entry): Promise<void> => {
    waiting.push(entry);
    if (waiting.length >= AT_ONCE) await store.append(waiting.splice(0));
  };
  return {
    put,
    idOf: (entity: string): number => {
      const found = [...store.series().values()].find((one) => currentIdentity(one).entityId === entity);
      if (!found) throw new Error(`${entity} is not in the store`);
      return found.id;
    },
    latest: store.latest,
    write: (series: number, time: number, state: string): Promise<void> =>
      put({
        kind: "reading",
        reading: {
          series,
          time,
          changed: time,
          state,
          attributes: store.latest(series)?.attributes ?? {},
          context: null,
          origin: "imported",
          timeIsArrival: false,
          flaws: [],
        },
      }),
    finish: async (): Promise<void> => {
      await store.append(waiting.splice(0));
      await store.seal();
      await store.close();
    },
  };
}
