import { keptTime } from "../database/home/kept-time.ts";
import { IMPORT, importJob } from "../hass/import/import.ts";
import { importPart } from "../hass/import/told.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** Changes a second past which the past waits. */
const BUSY = 1_000;

/** What Home Assistant recorded before the hub was there comes over in the background, once; it is resumed where it stopped. */
export function offerImport(
  { config, clock, status, onClose }: Ground,
  { database, statisticUnits }: Data,
  { held, ingest, feed, jobs }: Recording,
  home: Home,
): void {
  const { entities, rows } = held.byName(ingest.holder);
  // Closed before what its work uses.
  onClose(jobs.close);
  jobs.register(
    importJob({
      call: home.call,
      clock,
      busy: () => {
        if (!home.settled()) return "Home Assistant is not connected, or what was missed is being filled.";
        return feed.perSecond().changes > BUSY ? "So much changes now that recording comes first." : undefined;
      },
      recorded: () => entities().map(({ entityId }) => entityId),
      isExcluded: (entityId) => ingest.excluded.matches(entityId, ingest.holder(entityId)),
      heldRows: rows,
      heldStatistics: async (entityId, window) => {
        const series = ingest.holder(entityId);
        return series === undefined ? new Map() : held.statistics(series, window);
      },
      noteUnits: (units) =>
        statisticUnits.note(
          new Map(
            [...units].flatMap(([entityId, unit]) => {
              const series = ingest.holder(entityId);
              return series === undefined ? [] : [[series, unit]];
            }),
          ),
        ),
      store: ingest.recordPast,
      began: keptTime(database.settings, "recording_began"),
      settleMs: 2 * Math.max(...config.settleMs),
    }),
  );
  const imported = jobs.last(IMPORT);
  if (imported) status.set("import", importPart(imported));
  else if (config.imports && database.settings.get("recording_began") === undefined) jobs.start(IMPORT);
}
