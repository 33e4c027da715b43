import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";

/** The file system as backups use it; tests put one in between that ends the process at any step. */
export type Disk = Pick<
  typeof fs,
  | "closeSync"
  | "existsSync"
  | "fsyncSync"
  | "linkSync"
  | "lstatSync"
  | "mkdirSync"
  | "openSync"
  | "readdirSync"
  | "readFileSync"
  | "readSync"
  | "renameSync"
  | "rmSync"
  | "statfsSync"
  | "statSync"
  | "writeSync"
>;
export const systemDisk: Disk = fs;

/** app.db holds hashes of tokens and one token in full: backups are the owner's business alone. */
export const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const AT_ONCE = 1024 * 1024;

export type OnBytes = (bytes: number) => void;

/**
 * Reads the first `bytes` of a file and answers their SHA-256, hexadecimal; with `to` they are written there, and on
 * the disk when this returns. undefined: the file is shorter.
 */
export function readThrough(
  disk: Disk,
  needs: { from: string; bytes: number; to?: string; onBytes?: OnBytes },
): string | undefined {
  const { from, bytes, to, onBytes } = needs;
  const hash = createHash("sha256");
  const source = disk.openSync(from, "r");
  try {
    const target = to === undefined ? undefined : disk.openSync(to, "wx", FILE_MODE);
    try {
      const buffer = Buffer.allocUnsafe(Math.min(AT_ONCE, Math.max(1, bytes)));
      for (let done = 0; done < bytes; ) {
        const read = disk.readSync(source, buffer, 0, Math.min(buffer.length, bytes - done), done);
        if (read === 0) return undefined;
        const part = buffer.subarray(0, read);
        hash.update(part);
        if (target !== undefined) writeAll(disk, target, part);
        done += read;
        onBytes?.(read);
      }
      if (target !== undefined) disk.fsyncSync(target);
    } finally {
      if (target !== undefined) disk.closeSync(target);
    }
  } finally {
    disk.closeSync(source);
  }
  return hash.digest("hex");
}

export function writeFile(disk: Disk, to: string, bytes: Uint8Array): void {
  const target = disk.openSync(to, "wx", FILE_MODE);
  try {
    writeAll(disk, target, bytes);
    disk.fsyncSync(target);
  } finally {
    disk.closeSync(target);
  }
}

function writeAll(disk: Disk, target: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += disk.writeSync(target, bytes, done);
}

/** A new name in a folder is on the disk when the folder is. */
export function syncFolder(disk: Disk, folder: string): void {
  const handle = disk.openSync(folder, "r");
  try {
    disk.fsyncSync(handle);
  } finally {
    disk.closeSync(handle);
  }
}

/** Makes the folders that these files need below `root`; answers all of them, `root` last. */
export function makeFolders(disk: Disk, root: string, paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(join(root, path)); folder.length > root.length; folder = dirname(folder))
      folders.add(folder);
  disk.mkdirSync(root, { recursive: true, mode: FOLDER_MODE });
  for (const folder of folders) disk.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  return [...folders, root];
}

/** Makes a folder and those above it; their names are on the disk when this returns. */
export function makeFolder(disk: Disk, folder: string): void {
  const first = disk.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (first === undefined) return;
  const outermost = dirname(first);
  for (let above = dirname(folder); above.length > outermost.length; above = dirname(above)) syncFolder(disk, above);
  try {
    syncFolder(disk, outermost);
  } catch {
    // It is somebody else's, and may be such that its names can be changed and not be read.
  }
}

export const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;
