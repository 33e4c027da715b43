import { join } from "node:path";
import { createAmending } from "../amending/amending.ts";
import { createBackups } from "../backup/backups.ts";
import { createBackupHold } from "../backup/hold.ts";
import { Failure } from "../domain/failure.ts";
import { isFinished } from "../domain/job.ts";
import { IMPORT } from "../hass/import/import.ts";
import { startWorker } from "../platform/worker.ts";
import { createRetention } from "../retention/retention.ts";
import { LOG_WINDOW_BYTES } from "../store/open.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** What looks after the data: retention, backups, corrections and erasures. */
export function openUpkeep(
  { config, clock, log, status, keep }: Ground,
  { folder, database, store, room }: Data,
  { held, jobs, feed }: Recording,
  { home, version }: { readonly home: Home; readonly version: string },
) {
  const timeZone = () => home.facts()?.timeZone;
  const retention = keep(
    createRetention({
      store,
      settings: database.settings,
      startWorker: () => startWorker("retention/worker"),
      room,
      logLimit: LOG_WINDOW_BYTES,
      timeZone,
      jobs,
      isHeld: () => status.get("backup")?.figures?.under_way === true,
      clock,
      log: log.for("retention"),
      status,
    }),
  );
  const backups = keep(
    createBackups({
      folder: join(config.backupFolder, config.simulated ? "simulated" : "home"),
      home: folder,
      store,
      settings: database.settings,
      timeZone,
      isSettled: () => home.settled() && retention.state().time.trusted,
      version,
      reserve: config.reserveBytes,
      simulated: config.simulated,
      startWorker: () => startWorker("backup/jobs/worker"),
      jobs,
      clock,
      log: log.for("backup"),
      status,
    }),
  );
  const hold = keep(createBackupHold({ store, database, clock, log: log.for("backup"), status }));
  const amending = createAmending({
    store,
    readingsAt: held.readingsAt,
    settings: database.settings,
    backups: {
      list: async () => (await backups.list()).backups.map(({ id }) => id),
      make: async () => {
        const { id } = backups.make();
        await backups.idle();
        if ((await backups.find(id))?.about) return id;
        const failure = backups.lastFailure();
        throw new Failure("backup_failed", failure?.why ?? "The new backup is not there", {
          fix: failure?.fix ?? "Make one by hand, then resume the job.",
        });
      },
      remove: backups.remove,
    },
    publish: feed.publish,
    busy: () => {
      if (status.get("backup")?.figures?.under_way === true)
        return { why: "Home Assistant is copying the files for a backup.", fix: "Ask again when it has ended." };
      const work = backups.underWay();
      if (work && work.kind !== "tidying")
        return { why: `Work on the backups is under way (${work.kind}).`, fix: "Ask again when it has ended." };
      const imported = jobs.last(IMPORT);
      return imported && !isFinished(imported)
        ? {
            why: "What Home Assistant recorded before is being imported, and would bring it back.",
            fix: "Wait until the import is done, or cancel it.",
          }
        : undefined;
    },
    jobs,
    clock,
    log: log.for("amending"),
  });
  return { retention, backups, hold, amending };
}
