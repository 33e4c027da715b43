import { join } from "node:path";
import { createBackups } from "../backup/backups.ts";
import { createBackupHold } from "../backup/hold.ts";
import { startWorker } from "../platform/worker.ts";
import { createRetention } from "../retention/retention.ts";
import { LOG_WINDOW_BYTES } from "../store/open.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** What looks after the data: retention and backups. */
export function openUpkeep(
  { config, clock, log, status, keep }: Ground,
  { folder, database, store, room }: Data,
  { jobs }: Recording,
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
      clock,
      log: log.for("backup"),
      status,
    }),
  );
  const hold = keep(createBackupHold({ store, database, clock, log: log.for("backup"), status }));
  return { retention, backups, hold };
}
