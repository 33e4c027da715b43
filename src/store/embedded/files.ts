import * as promises from "node:fs/promises";
import { dirname } from "node:path";

/** The file system as this engine uses it; tests put one in between that fails on purpose. */
export type Files = Pick<
  typeof promises,
  "mkdir" | "open" | "readdir" | "readFile" | "rename" | "stat" | "unlink" | "writeFile"
>;
export type OpenFile = Pick<promises.FileHandle, "close" | "datasync" | "read" | "sync" | "truncate" | "write">;

export const systemFiles: Files = promises;

/** Writes all of it: the system may take less than it was given. */
export async function writeAll(file: OpenFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten <= 0) throw new Error("the system took no more bytes");
    done += bytesWritten;
  }
}

/** As many of the bytes as the file has. */
export async function readSome(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** A new name in a folder is on the disk when the folder is. */
export async function syncFolder(files: Files, folder: string): Promise<void> {
  const handle = await files.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it; their names are on the disk when this resolves. */
export async function makeFolder(files: Files, folder: string): Promise<void> {
  const first = await files.mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const outermost = dirname(first);
  for (let above = dirname(folder); above.length > outermost.length; above = dirname(above))
    await syncFolder(files, above);
  // It is not the store's, and may be such that its names can be changed and not be read.
  await syncFolder(files, outermost).catch(() => {});
}
