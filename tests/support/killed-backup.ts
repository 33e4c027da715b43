import { join } from "node:path";
import { type Disk, systemDisk } from "../../src/backup/folder/disk.ts";
import { removeBackup, tidy } from "../../src/backup/folder/shelf.ts";
import { beginBackup, finishBackup } from "../../src/backup/make/make.ts";
import { restoreBackup } from "../../src/backup/restore/restore.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { silentLog } from "../../src/platform/log.ts";
import { openStore } from "../../src/store/open.ts";

/** Ends itself by SIGKILL before the given step on the disk. Arguments: step, what, folder, home, id. */

const [steps, what, folder = "", home = "", id = ""] = process.argv.slice(2);
let left = Number(steps);
const CHANGES = ["linkSync", "mkdirSync", "openSync", "renameSync", "rmSync", "writeSync", "fsyncSync"];
const disk = Object.fromEntries(
  Object.entries(systemDisk).map(([name, run]) => [
    name,
    CHANGES.includes(name)
      ? (...args: unknown[]) => {
          if (--left === 0) process.kill(process.pid, "SIGKILL");
          return (run as (...given: unknown[]) => unknown)(...args);
        }
      : run,
  ]),
) as unknown as Disk;

switch (what) {
  case "make": {
    const store = await openStore({
      kind: "embedded",
      folder: join(home, "store"),
      clock: systemClock,
      log: silentLog,
    });
    tidy(disk, folder);
    await beginBackup(disk, { folder, id, home });
    const { files, release, ...counts } = await store.snapshot();
    const about = { ...counts, made: "2026-11-26T03:40:00Z", by: "user", hub: "test", simulated: false } as const;
    finishBackup(disk, { folder, id, home, files, reserve: 0, about: { ...about, damaged: [] } });
    release();
    await store.close();
    break;
  }
  case "remove":
    removeBackup(disk, folder, id);
    break;
  case "restore":
    await restoreBackup(disk, { folder, id, into: home, clock: systemClock });
    break;
}
