import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import type { Clock } from "../platform/time/clock.ts";
import { guardStore } from "../store/open.ts";
import type { OnProgress, Verified } from "./check/problem.ts";
import { readPlaced, verifyBackup as verify } from "./check/verify.ts";
import { systemDisk } from "./folder/disk.ts";
import { openShelf, type Shelved } from "./folder/shelf.ts";
import { DATABASE, STORE } from "./make/make.ts";
import { type Restored, type RestoreNeeds, restoreBackup as restore } from "./restore/restore.ts";

/** What can be done to backups and to a data folder without a hub running on it: for the command line. */

export const listBackups = (folder: string): readonly Shelved[] => openShelf(systemDisk, folder).backups;

export const verifyBackup = (needs: {
  folder: string;
  id: string;
  clock: Clock;
  onProgress?: OnProgress;
}): Promise<Verified> => verify(systemDisk, needs);

export const restoreBackup = (needs: RestoreNeeds): Promise<Restored> => restore(systemDisk, needs);

/**
 * Reads back everything in a home's folder, without a change to it.
 *
 * @throws Failure `store_in_use` while a hub runs on it
 */
export async function verifyStore(needs: { home: string; clock: Clock; onProgress?: OnProgress }): Promise<Verified> {
  const { home, clock, onProgress = () => {} } = needs;
  const store = join(home, STORE);
  const parts = readdirIfThere(store, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (parts.length === 0)
    throw new Failure("store_unknown", `There is no store in ${home}`, {
      fix: "Set HA_INGESTOR_DATA to the data folder of the hub.",
    });
  const free = guardStore(store);
  try {
    const placed = parts.flatMap(({ name: part }) =>
      readdirIfThere(join(store, part), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => ({ path: `${STORE}/${part}/${name}`, at: join(store, part, name) })),
    );
    const database = readdirIfThere(home, { withFileTypes: true }).some(({ name }) => name === DATABASE)
      ? [{ path: DATABASE, at: join(home, DATABASE) }]
      : [];
    const { problems, counts } = await readPlaced([...database, ...placed], 0, { clock, onProgress });
    const { readings = 0, events = 0, gaps = 0, statistics = 0 } = counts ?? {};
    const ok = problems.length === 0;
    return { ok, problems, readings, events, gaps, statistics, files: placed.length, bytes: 0 };
  } finally {
    free();
  }
}

function readdirIfThere(folder: string, options: { withFileTypes: true }) {
  try {
    return readdirSync(folder, options);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
}
