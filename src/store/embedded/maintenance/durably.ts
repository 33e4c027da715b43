import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What is made of a file must not outlive it in a power loss: the file is on the disk before it is read. */
export function readDurably(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Under its name only when it is whole and on the disk. */
export function writeDurably(folder: string, name: string, bytes: Buffer): void {
  const unfinished = join(folder, `${name}.tmp`);
  const file = openSync(unfinished, "w");
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, join(folder, name));
  syncFolderNow(folder);
}

/** New names in a folder are on the disk when the folder is. */
export function syncFolderNow(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
