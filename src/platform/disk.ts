import { statfs } from "node:fs/promises";

/** Room on the disk that holds a folder, in bytes, as far as the system says. */
export type DiskRoom = { readonly total: number; readonly free: number };

/** `free` is what an ordinary user may take; rejects where the system does not say. */
export async function roomAt(folder: string): Promise<DiskRoom> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { total: bsize * blocks, free: bsize * bavail };
}
