import { join } from "node:path";
import type { Position } from "../../../domain/data/reading.ts";
import type { Log } from "../../../platform/told/log.ts";
import type { Damage } from "../../store.ts";
import { type Files, type OpenFile, readSome } from "../files.ts";
import { decodeIndexHead, INDEX_HEAD, type IndexHead } from "../index/head.ts";
import { checks } from "../index/lists.ts";
import { decodeSnapshot, type Snapshot } from "../index/snapshot.ts";
import { wholeFile } from "../segments/damage.ts";
import { baseOf, indexName } from "../segments/header.ts";

/** What lies in the folder, before any record is read. */
export type Survey = {
  /** Sorted by base. */
  readonly logs: readonly { readonly name: string; readonly base: Position; readonly size: number }[];
  /** Index files whose head is good. */
  readonly heads: ReadonlyMap<Position, IndexHead>;
  /** The newest good one and the end of the log it speaks for; undefined: there is none. */
  readonly snapshot: (Snapshot & { readonly base: Position }) | undefined;
  /** Files that were set aside at an earlier start. */
  readonly aside: readonly Damage[];
  /** Files that are none of the store's; still where they were. */
  readonly foreign: readonly { readonly name: string; readonly size: number }[];
  /** The highest position that files set aside may have held. */
  readonly asideEnd: Position;
  readonly bytesRead: number;
};

const ASIDE = ".quarantine";

/** Moves a file out of the way under a name that says so; nothing is ever deleted here. */
export async function setAside(files: Files, folder: string, name: string): Promise<void> {
  let target = `${name}${ASIDE}`;
  const taken = new Set(await files.readdir(folder));
  for (let i = 2; taken.has(target); i++) target = `${name}.${i}${ASIDE}`;
  await files.rename(join(folder, name), join(folder, target));
}

export async function surveyFolder(needs: { folder: string; files: Files; log: Log }): Promise<Survey> {
  const { folder, files, log } = needs;
  const logs: { name: string; base: Position; size: number }[] = [];
  const indexBases: Position[] = [];
  const aside: Damage[] = [];
  const foreign: { name: string; size: number }[] = [];
  let asideEnd = 0;
  for (const name of (await files.readdir(folder)).sort()) {
    const { size } = await files.stat(join(folder, name));
    const base = baseOf(name);
    const indexBase = baseOf(name.replace(/\.idx$/, ".log"));
    if (name.endsWith(".tmp")) await files.unlink(join(folder, name));
    else if (name.endsWith(ASIDE)) {
      aside.push(wholeFile(name, size, "a file that was set aside at an earlier start"));
      asideEnd = Math.max(asideEnd, (baseOf(name.slice(0, 20)) ?? 0) + size);
    } else if (base !== undefined) logs.push({ name, base, size });
    else if (indexBase !== undefined) indexBases.push(indexBase);
    else foreign.push({ name, size });
  }
  const indexes = await readIndexes({ folder, files, log }, indexBases);
  return { logs: logs.sort((a, b) => a.base - b.base), aside, foreign, asideEnd, ...indexes };
}

async function readIndexes(
  { folder, files, log }: { folder: string; files: Files; log: Log },
  bases: readonly Position[],
): Promise<Pick<Survey, "heads" | "snapshot" | "bytesRead">> {
  const heads = new Map<Position, IndexHead>();
  let snapshot: Survey["snapshot"];
  let bytesRead = 0;
  for (const base of bases.toSorted((a, b) => b - a)) {
    const path = join(folder, indexName(base));
    const handle = await files.open(path, "r");
    try {
      const head = decodeIndexHead(await readSome(handle, 0, INDEX_HEAD), base);
      bytesRead += INDEX_HEAD;
      if (head) heads.set(base, head);
      else log.warning("an index file cannot be read and is made again", { file: indexName(base) });
      if (!head || snapshot || head.snapshot.length === 0) continue;
      bytesRead += head.snapshot.length;
      const found = await readSnapshot(handle, head);
      if (found) snapshot = { ...found, base };
      else {
        log.warning("the snapshot of an index file cannot be read; it is made again", { file: indexName(base) });
        heads.delete(base);
      }
    } finally {
      await handle.close();
    }
  }
  return { heads, snapshot, bytesRead };
}

async function readSnapshot(handle: OpenFile, { snapshot }: IndexHead): Promise<Snapshot | undefined> {
  const bytes = await readSome(handle, snapshot.at, snapshot.length);
  return bytes.length === snapshot.length && checks(bytes) ? decodeSnapshot(bytes.subarray(0, -4)) : undefined;
}
