import { join } from "node:path";
import * as v from "valibot";
import { type Micros, microsFromRfc3339, microsToRfc3339 } from "../../domain/time/time.ts";
import type { Verified } from "../check/problem.ts";
import { type Disk, syncFolder, writeFile } from "./disk.ts";
import { type BackedUpFile, bytesOf, type Manifest } from "./manifest.ts";
import { openShelf, type Shelved } from "./shelf.ts";

/** What came of the last reading back of a backup, and when. */
export type LastVerified = Verified & { readonly time: Micros };

/** One backup as it is told; without `about` it cannot be used. */
export type ListedBackup = {
  readonly id: string;
  readonly about: (Omit<Manifest, "files" | "made"> & { made: Micros; bytes: number; files: number }) | undefined;
  readonly failure: { readonly code: string; readonly why: string; readonly fix: string | undefined } | undefined;
  readonly verified: LastVerified | undefined;
};

/** Newest first. */
export const listBackups = (disk: Disk, folder: string): readonly ListedBackup[] =>
  openShelf(disk, folder).backups.map((backup) => describe(disk, folder, backup));

export type FoundBackup = ListedBackup & { readonly fileList: readonly BackedUpFile[] };

export function findBackup(disk: Disk, folder: string, id: string): FoundBackup | undefined {
  const found = openShelf(disk, folder).backups.find((backup) => backup.id === id);
  return found && { ...describe(disk, folder, found), fileList: found.manifest?.files ?? [] };
}

function describe(disk: Disk, folder: string, { id, manifest, failure }: Shelved): ListedBackup {
  if (!manifest)
    return {
      id,
      about: undefined,
      failure: { ...failure, why: failure.message, fix: failure.fix },
      verified: undefined,
    };
  const { files, made, ...about } = manifest;
  return {
    id,
    about: { ...about, made: microsFromRfc3339(made) as Micros, files: files.length, bytes: bytesOf(manifest) },
    failure: undefined,
    verified: readVerified(disk, folder, id),
  };
}

/** Beside the manifest, and not part of the backup. */
const VERIFIED = "verified.json";

const count = v.pipe(v.number(), v.safeInteger());
const Kept = v.object({
  time: v.pipe(v.string(), v.transform(microsFromRfc3339), v.number()),
  ok: v.boolean(),
  problems: v.array(v.object({ code: v.string(), file: v.nullable(v.string()), why: v.string(), fix: v.string() })),
  readings: count,
  events: count,
  gaps: count,
  statistics: v.optional(v.nullable(count), null),
  files: count,
  bytes: count,
});

function readVerified(disk: Disk, folder: string, id: string): LastVerified | undefined {
  try {
    return v.parse(Kept, JSON.parse(disk.readFileSync(join(folder, id, VERIFIED), "utf8"))) as LastVerified;
  } catch {
    // Not verified yet, or not readable: it is verified again at any time.
    return undefined;
  }
}

export function keepVerified(disk: Disk, folder: string, id: string, verified: LastVerified): void {
  const file = join(folder, id, VERIFIED);
  const unfinished = `${file}.tmp`;
  disk.rmSync(unfinished, { force: true });
  writeFile(
    disk,
    unfinished,
    Buffer.from(`${JSON.stringify({ ...verified, time: microsToRfc3339(verified.time) })}\n`),
  );
  disk.renameSync(unfinished, file);
  syncFolder(disk, join(folder, id));
}
