import { join } from "node:path";
import { lookAtDatabase } from "../../database/copy.ts";
import { refuseNewerDatabase } from "../../database/migrate.ts";
import { Failure } from "../../domain/failure.ts";
import type { HomeFingerprint } from "../../domain/home/home.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { guardStore, openStoreCopy, positionsIn, writeFloor } from "../../store/open.ts";
import type { OnProgress } from "../check/problem.ts";
import { type Disk, makeFolders, readThrough, syncFolder, writeFile } from "../folder/disk.ts";
import { bytesOf, damaged, type Manifest } from "../folder/manifest.ts";
import { openShelf } from "../folder/shelf.ts";
import { DATABASE, STORE } from "../make/make.ts";
import { RESTORED, settleRestore, stage, swapIn } from "./swap.ts";

export type RestoreNeeds = {
  /** The folder of the backups. */
  readonly folder: string;
  readonly id: string;
  /** The home's folder, such as `.data/home`; need not be there. */
  readonly into: string;
  readonly clock: Clock;
  readonly onProgress?: OnProgress | undefined;
  /** The migrations as shipped, where they do not lie beside the module. */
  readonly migrations?: URL;
};

export type Restored = Pick<Manifest, "readings" | "events" | "gaps" | "made"> & {
  /** Where what was there before is kept until the hub has started; null: there was nothing. */
  readonly replaced: string | null;
};

/**
 * Puts a backup in the place of a home's folder, while no hub runs on it: beside it first, checked and whole, then by
 * rename. Interrupted anywhere, the folder is the old one or the restored one.
 *
 * @throws Failure `backup_unknown`, `backup_damaged`, `backup_too_new`, `store_in_use`, `another_home`,
 *   `database_too_new`, `store_too_new`, `backup_no_space`
 */
export async function restoreBackup(disk: Disk, needs: RestoreNeeds): Promise<Restored> {
  const { folder, id, into, clock, migrations } = needs;
  const manifest = openShelf(disk, folder).find(id);
  const oldStore = join(into, STORE);
  const free = disk.existsSync(oldStore) ? guardStore(oldStore) : () => {};
  try {
    settleRestore(disk, into);
    const staging = stage(disk, into);
    try {
      copyOut(disk, needs, manifest, staging);
      const look = lookAtDatabase(join(staging, DATABASE));
      if (look.wrong[0]) throw damaged(id, `${DATABASE}: ${look.wrong[0]}`);
      refuseNewerDatabase(join(staging, DATABASE), look.migrations, migrations);
      refuseAnotherHome(disk, into, manifest, look.home);
      await tryOpen(manifest, staging, clock);
      writeFloor(join(staging, STORE), {
        since: microsToRfc3339(clock.now()),
        floor: Math.max(positionsIn(join(staging, STORE)), positionsIn(oldStore)),
      });
      const mark = { backup: id, made: manifest.made, restored: microsToRfc3339(clock.now()) };
      writeFile(disk, join(staging, RESTORED), Buffer.from(`${JSON.stringify(mark)}\n`));
      syncFolder(disk, join(staging, STORE));
      syncFolder(disk, staging);
    } catch (error) {
      disk.rmSync(staging, { recursive: true, force: true });
      throw error;
    }
    const replaced = swapIn(disk, into);
    const { readings, events, gaps, made } = manifest;
    return { readings, events, gaps, made, replaced };
  } finally {
    free();
  }
}

function copyOut(disk: Disk, needs: RestoreNeeds, manifest: Manifest, staging: string): void {
  const { folder, id, onProgress = () => {} } = needs;
  const shelf = openShelf(disk, folder);
  const total = bytesOf(manifest);
  const folders = makeFolders(
    disk,
    staging,
    manifest.files.map(({ path }) => path),
  );
  const { bavail, bsize } = disk.statfsSync(staging);
  if (bavail * bsize < total)
    throw new Failure("backup_no_space", `The backup needs ${Math.ceil(total / 1e6)} MB, and the disk has less free`, {
      fix: "Free space on the disk of the data folder. What is there was not touched.",
    });
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress("copying", done, total);
  };
  for (const file of manifest.files) {
    const from = shelf.locate(id, file);
    if (from === undefined) throw damaged(id, `${file.path} is gone`);
    const sha256 = readThrough(disk, { from, bytes: file.bytes, to: join(staging, file.path), onBytes });
    if (sha256 !== file.sha256) throw damaged(id, `${file.path} is not as it was written`);
  }
  for (const one of folders) syncFolder(disk, one);
}

/** A store holds one home; the folder's own app.db says which. */
function refuseAnotherHome(disk: Disk, into: string, manifest: Manifest, restored: HomeFingerprint | undefined): void {
  const file = join(into, DATABASE);
  if (!disk.existsSync(file) || !restored) return;
  const present = lookAtHome(file);
  if (!present) return;
  const ids = new Set(present.ids);
  const shared = ids.size === 0 || restored.ids.length === 0 || restored.ids.some((id) => ids.has(id));
  if (present.simulated === restored.simulated && shared) return;
  throw new Failure("another_home", `The backup ${manifest.id} is of another home than the data in ${into}`, {
    fix: "Choose a backup of this home, or restore into another data folder (HA_INGESTOR_DATA). What is there was not touched.",
  });
}

/** A damaged app.db is one reason to restore: it must not stand in the way. */
function lookAtHome(file: string): HomeFingerprint | undefined {
  try {
    return lookAtDatabase(file).home;
  } catch {
    return undefined;
  }
}

async function tryOpen(manifest: Manifest, staging: string, clock: Clock): Promise<void> {
  const prefix = `${STORE}/`;
  const files = manifest.files
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path }) => ({ path: path.slice(prefix.length), at: join(staging, path) }));
  const store = await openStoreCopy({ files, clock, log: silentLog });
  await store.close();
}
