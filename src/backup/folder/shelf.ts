import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import { codeOf, type Disk, syncFolder } from "./disk.ts";
import { type BackedUpFile, type Manifest, readManifest } from "./manifest.ts";

/** One backup of the folder: whole by what its manifest says, or why it cannot be used. */
export type Shelved =
  | { readonly id: string; readonly manifest: Manifest; readonly failure?: undefined }
  | { readonly id: string; readonly manifest?: undefined; readonly failure: Failure };

/** The backups of one home, in one folder. */
export type Shelf = {
  /** Newest first. */
  readonly backups: readonly Shelved[];
  /** @throws Failure `backup_unknown`, and those of a manifest */
  find(id: string): Manifest;
  /**
   * Where a file of a backup lies: in its own folder, or, on disks without links, in that of another backup which holds
   * the same one. undefined: it is gone.
   */
  locate(id: string, file: BackedUpFile): string | undefined;
  /** The same file by name and size, in any whole backup. */
  candidates(path: string, bytes: number): readonly { readonly id: string; readonly file: BackedUpFile }[];
};

const ID = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z(-\d+)?$/;
const UNFINISHED = ".unfinished";

export const unfinishedName = (id: string): string => `${id}${UNFINISHED}`;
export const isBackupId = (text: string): boolean => ID.test(text);

export function openShelf(disk: Disk, folder: string): Shelf {
  const backups = namesIn(disk, folder)
    .filter(isBackupId)
    .sort()
    .reverse()
    .map((id): Shelved => {
      try {
        return { id, manifest: readManifest(disk, folder, id) };
      } catch (error) {
        if (error instanceof Failure) return { id, failure: error };
        throw error;
      }
    });
  const byPath = new Map<string, { id: string; file: BackedUpFile }[]>();
  for (const { id, manifest } of backups)
    for (const file of manifest?.files ?? []) {
      const others = byPath.get(file.path);
      if (others) others.push({ id, file });
      else byPath.set(file.path, [{ id, file }]);
    }
  return {
    backups,
    find: (id) => {
      const found = backups.find((backup) => backup.id === id);
      if (!found)
        throw new Failure("backup_unknown", `There is no backup ${id} in ${folder}`, {
          fix: "List the backups; should they be on another disk, set HA_INGESTOR_BACKUPS to where they are.",
        });
      if (found.failure) throw found.failure;
      return found.manifest;
    },
    locate: (id, file) => {
      const same = (byPath.get(file.path) ?? []).filter(
        (other) => other.file.sha256 === file.sha256 && other.file.bytes === file.bytes,
      );
      return [id, ...same.map((other) => other.id)]
        .map((holder) => join(folder, holder, file.path))
        .find((path) => disk.existsSync(path));
    },
    candidates: (path, bytes) => (byPath.get(path) ?? []).filter(({ file }) => file.bytes === bytes),
  };
}

/** The name of a backup made now; `before` is the last that was given out. */
export function newId(now: Micros, before: string | undefined): string {
  const base = `${microsToRfc3339(now).slice(0, 19).replaceAll(":", "-")}Z`;
  if (!before?.startsWith(base)) return base;
  return `${base}-${Number(before.slice(base.length + 1) || 1) + 1}`;
}

/** Clears up what an interrupted backup or removal left behind; answers how many. */
export function tidy(disk: Disk, folder: string): number {
  const left = namesIn(disk, folder).filter((name) => name.endsWith(UNFINISHED) && isBackupId(idOf(name)));
  for (const name of left) disk.rmSync(join(folder, name), { recursive: true, force: true });
  return left.length;
}

const idOf = (name: string): string => name.slice(0, -UNFINISHED.length);

/** What another backup takes from this one moves there first, so that the others stay whole at every step. */
export function removeBackup(disk: Disk, folder: string, id: string): void {
  const shelf = openShelf(disk, folder);
  const own = shelf.backups.find((backup) => backup.id === id);
  if (!own) shelf.find(id);
  for (const file of own?.manifest?.files ?? []) {
    const path = join(folder, id, file.path);
    if (!disk.existsSync(path)) continue;
    const others = shelf.candidates(file.path, file.bytes).filter((other) => other.id !== id);
    const same = others.filter((other) => other.file.sha256 === file.sha256);
    const heir = same[0];
    if (!heir || same.some((other) => disk.existsSync(join(folder, other.id, file.path)))) continue;
    const target = join(folder, heir.id, file.path);
    disk.mkdirSync(join(target, ".."), { recursive: true });
    disk.renameSync(path, target);
    syncFolder(disk, join(target, ".."));
  }
  disk.renameSync(join(folder, id), join(folder, unfinishedName(id)));
  syncFolder(disk, folder);
  disk.rmSync(join(folder, unfinishedName(id)), { recursive: true, force: true });
}

function namesIn(disk: Disk, folder: string): readonly string[] {
  try {
    return disk.readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
