import { join } from "node:path";
import { systemDisk } from "../backup/folder/disk.ts";
import { settleRestore } from "../backup/restore/swap.ts";
import { keptStatisticUnits } from "../database/home/statistic-units.ts";
import { openDatabase } from "../database/open.ts";
import { knownTimeZone } from "../domain/time/calendar.ts";
import { roomAt } from "../platform/disk.ts";
import { openStore } from "../store/open.ts";
import { createSpace } from "../store/space.ts";
import { createStoreStatus } from "../store/status.ts";
import type { Ground } from "./ground.ts";

export type Data = Awaited<ReturnType<typeof openData>>;

/** app.db and the store. The simulated home has its own folder. */
export async function openData({ config, clock, log, status, keep }: Ground) {
  const folder = join(config.dataFolder, config.simulated ? "simulated" : "home");
  settleRestore(systemDisk, folder);
  const database = keep(openDatabase({ folder, clock, log: log.for("database") }));
  if (database.damage)
    status.set("app_db", {
      state: "degraded",
      why: `app.db could not be read (${database.damage.why}) and was set aside as ${database.damage.file}. Settings and tokens are new; what was recorded is whole.`,
      fix: "Put a backup back, which brings the settings of then; or go on, make new tokens, and restart the hub.",
    });
  // Kept, so that days are the home's before Home Assistant has been heard.
  const timeZone = () => knownTimeZone(database.settings.get("time_zone"));
  const statisticUnits = keptStatisticUnits(database.settings);
  const storeStatus = createStoreStatus({ status });
  const room = () => roomAt(folder);
  const space = createSpace({ room, reserve: config.reserveBytes, clock });
  const store = keep(
    await openStore({
      kind: "embedded",
      folder: join(folder, "store"),
      clock,
      log: log.for("store"),
      timeZone,
      onTrouble: storeStatus.onTrouble,
      space,
    }),
  );
  storeStatus.watch(store);
  const quarantined = async () => [
    ...database.quarantined().map((one) => ({ ...one, kind: "settings" as const, month: null })),
    ...(await store.quarantined()),
  ];
  return { folder, database, timeZone, statisticUnits, storeStatus, room, disk: { ...space, quarantined }, store };
}
