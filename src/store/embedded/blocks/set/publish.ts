import { renameSync } from "node:fs";
import { join } from "node:path";
import { syncFolderNow } from "../../maintenance/durably.ts";
import type { Block } from "../file/block.ts";
import { unfinished } from "../file/writer.ts";

/** Gives the blocks of a job their names, once all of them are whole and synced. They count when the manifest says so. */
export function publishBlocks(folder: string, made: readonly Block[]): void {
  for (const { name } of made) renameSync(join(folder, unfinished(name)), join(folder, name));
  syncFolderNow(folder);
}
