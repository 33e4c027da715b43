import { join } from "node:path";
import { copyDatabase } from "../../database/copy.ts";
import { Failure } from "../../domain/failure.ts";
import type { StoreSnapshot } from "../../store/store.ts";
import {
  codeOf,
  type Disk,
  FOLDER_MODE,
  makeFolder,
  makeFolders,
  type OnBytes,
  readThrough,
  syncFolder,
  writeFile,
} from "../folder/disk.ts";
import { type BackedUpFile, encodeManifest, MANIFEST, type Manifest } from "../folder/manifest.ts";
import { openShelf, type Shelf, unfinishedName } from "../folder/shelf.ts";

/** app.db is copied before the store is: what app.db says is open may be done in the store, never the other way round. */
export type BeginJob = { readonly folder: string; readonly id: string; readonly home: string };
export type FinishJob = BeginJob & {
  readonly files: StoreSnapshot["files"];
  readonly about: Omit<Manifest, "format" | "id" | "copied" | "files">;
  /** Bytes of the disk that stay free. */
  readonly reserve: number;
};

export const DATABASE = "app.db";
export const STORE = "store";

export async function beginBackup(disk: Disk, { folder, id, home }: BeginJob): Promise<void> {
  makeFolder(disk, folder);
  if (disk.existsSync(join(folder, id)))
    throw new Failure("backup_exists", `There is a backup ${id} already`, {
      fix: "Make another one in a moment; if the clock went back, set it first.",
      retry: true,
    });
  const unfinished = join(folder, unfinishedName(id));
  disk.mkdirSync(unfinished, { mode: FOLDER_MODE });
  await copyDatabase(join(home, DATABASE), join(unfinished, `${DATABASE}.copy`));
}

/** Blocks: it runs in a worker. What earlier backups hold already is linked; the folder gets its name last. */
export function finishBackup(disk: Disk, job: FinishJob, onBytes?: (done: number, total: number) => void): Manifest {
  const { folder, id, home, files, about } = job;
  const shelf = openShelf(disk, folder);
  const unfinished = join(folder, unfinishedName(id));
  const copy = `${DATABASE}.copy`;
  const database = disk.statSync(join(unfinished, copy)).size;
  const total = files.reduce((sum, { bytes }) => sum + bytes, database);
  checkSpace(disk, job, shelf);
  let done = 0;
  const count: OnBytes = (bytes) => {
    done += bytes;
    onBytes?.(Math.min(done, total), total);
  };
  const keep = createKeeper({ disk, unfinished, shelf, onBytes: count });
  const folders = makeFolders(disk, unfinished, [DATABASE, ...files.map(({ path }) => `${STORE}/${path}`)]);
  const kept = [keep({ path: DATABASE, bytes: database, from: join(unfinished, copy) })];
  disk.rmSync(join(unfinished, copy));
  for (const { path, bytes, content } of files)
    kept.push(
      keep({ path: `${STORE}/${path}`, bytes, ...(content ? { content } : { from: join(home, STORE, path) }) }),
    );
  const manifest: Manifest = {
    format: 1,
    id,
    ...about,
    copied: kept.reduce((sum, { copied, file }) => sum + (copied ? file.bytes : 0), 0),
    files: kept.map(({ file }) => file),
  };
  writeFile(disk, join(unfinished, MANIFEST), encodeManifest(manifest));
  for (const one of folders) syncFolder(disk, one);
  disk.renameSync(unfinished, join(folder, id));
  syncFolder(disk, folder);
  return manifest;
}

type Wanted = { readonly path: string; readonly bytes: number; readonly from?: string; readonly content?: Uint8Array };

function createKeeper(needs: { disk: Disk; unfinished: string; shelf: Shelf; onBytes: OnBytes }) {
  const { disk, unfinished, shelf, onBytes } = needs;
  return ({ path, bytes, from, content }: Wanted): { file: BackedUpFile; copied: boolean } => {
    const target = join(unfinished, path);
    const source = from ?? `${target}.content`;
    if (content) writeFile(disk, source, content);
    const read = (to?: string) => {
      const sha256 = readThrough(disk, { from: source, bytes, onBytes, ...(to === undefined ? {} : { to }) });
      if (sha256 !== undefined) return sha256;
      throw new Failure("backup_failed", `${path} is shorter than the store says`, {
        fix: "Verify the store; what is damaged is named there.",
        retry: true,
      });
    };
    try {
      const candidates = shelf.candidates(path, bytes);
      if (candidates.length > 0) {
        const sha256 = read();
        const same = candidates.find((other) => other.file.sha256 === sha256);
        const held = same && shelf.locate(same.id, same.file);
        if (held) {
          link(disk, held, target);
          return { file: { path, bytes, sha256 }, copied: false };
        }
      }
      return { file: { path, bytes, sha256: read(target) }, copied: true };
    } finally {
      if (content) disk.rmSync(source);
    }
  };
}

const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV", "EACCES"]);

/** Where the disk knows no links, the file stays with the backup that holds it, and is found there. */
function link(disk: Disk, held: string, target: string): void {
  try {
    disk.linkSync(held, target);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error) ?? "")) throw error;
  }
}

function checkSpace(disk: Disk, { folder, files, reserve }: FinishJob, shelf: Shelf): void {
  const needed = files
    .filter(({ path, bytes }) => shelf.candidates(`${STORE}/${path}`, bytes).length === 0)
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = disk.statfsSync(folder);
  const free = bavail * bsize;
  if (free - needed >= reserve) return;
  const megabytes = (bytes: number) => `${Math.max(0, Math.ceil(bytes / 1e6))} MB`;
  throw new Failure(
    "backup_no_space",
    `The backup needs ${megabytes(needed)}, and the disk of ${folder} has ${megabytes(free)} free, of which ${megabytes(reserve)} stay free`,
    { fix: "Free space, keep fewer backups, or choose another disk for them (HA_INGESTOR_BACKUPS)." },
  );
}
