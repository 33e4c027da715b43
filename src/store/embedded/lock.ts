import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Position } from "../../domain/data/reading.ts";
import { describeError, Failure } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { type Files, syncFolder } from "./files.ts";

export type HowLeft = "closed" | "process_ended" | "machine_stopped";

export type Lock = {
  /** How the store was left; where the machine stopped while it was open, what was not synced may be gone. */
  readonly left: HowLeft;
  /** No position below this one may be given out. */
  readonly floor: Position;
  /** `clean`: everything is on the disk, up to this position. */
  release(clean: boolean, position?: Position): Promise<void>;
};

type Running = {
  readonly pid: number;
  readonly since: string;
  readonly boot: string | null;
  readonly floor?: Position;
};

const NOTE = "running.json";

/** Written into a store that was put back from a backup: positions up to `floor` were given out before. */
export function writeFloor(folder: string, needs: { since: string; floor: Position }): void {
  writeFileSync(join(folder, NOTE), `${JSON.stringify({ pid: 0, boot: null, ...needs })}\n`, { mode: 0o600 });
}

/**
 * One hub per folder. The lock is the operating system's (SQLite's on an empty file, the only one that Node reaches):
 * it ends with the process however that dies, and holds across containers on one machine, where process ids say
 * nothing. Beside it a note says who holds it and since which boot, and stays behind where nobody closed the store.
 */
export async function lockFolder(needs: { folder: string; files: Files; clock: Clock }): Promise<Lock> {
  const { folder, files, clock } = needs;
  const note = join(folder, NOTE);
  const before = await readNote(files, note);
  const unlock = takeLock(folder, before);
  try {
    const boot = await bootId(files);
    const floor = before?.floor === undefined ? {} : { floor: before.floor };
    const running: Running = { pid: process.pid, since: microsToRfc3339(clock.now()), boot, ...floor };
    // Beside it first: should this be cut off, the note from before still says what is not to be given out.
    const handle = await files.open(`${note}.tmp`, "w");
    try {
      await handle.write(Buffer.from(`${JSON.stringify(running)}\n`));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await files.rename(`${note}.tmp`, note);
    await syncFolder(files, folder);
    return {
      left: howLeft(before, boot),
      floor: before?.floor ?? 0,
      release: async (clean, position = 0) => {
        // A floor is noted until something stands above it.
        if (clean && (before?.floor ?? 0) <= position) await files.unlink(note).catch(() => {});
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The lock alone: nothing is noted, so whoever opens the store next still sees how it was left. */
export function guardFolder(folder: string): () => void {
  let holder: Running | undefined;
  try {
    holder = parseNote(readFileSync(join(folder, NOTE), "utf8"));
  } catch {
    holder = undefined;
  }
  return takeLock(folder, holder);
}

function howLeft(before: Running | undefined, boot: string | null): HowLeft {
  if (!before) return "closed";
  return boot !== null && before.boot === boot ? "process_ended" : "machine_stopped";
}

function takeLock(folder: string, holder: Running | undefined): () => void {
  let database: Database.Database | undefined;
  try {
    database = new Database(join(folder, "lock"), { timeout: 0 });
    // Locks the file without writing to it.
    database.exec("BEGIN EXCLUSIVE");
    const held = database;
    return () => held.close();
  } catch (cause) {
    database?.close();
    if ((cause as { code?: string }).code === "SQLITE_BUSY")
      throw new Failure("store_in_use", `Another process has the store in ${folder} open${describe(holder)}`, {
        fix: "Stop the other hub, or give this one a data folder of its own",
        cause,
      });
    throw new Failure("store_unreadable", `The store in ${folder} cannot be locked: ${describeError(cause)}`, {
      fix: `Check that the folder can be written to; if its file "lock" is not empty, delete that file`,
      cause,
    });
  }
}

const describe = (holder: Running | undefined): string =>
  holder ? ` (process ${holder.pid}, since ${holder.since})` : "";

function parseNote(text: string): Running {
  const found = JSON.parse(text);
  const floor = Number.isSafeInteger(found.floor) && found.floor > 0 ? { floor: found.floor as Position } : {};
  return { pid: Number(found.pid), since: String(found.since), boot: found.boot ?? null, ...floor };
}

async function readNote(files: Files, path: string): Promise<Running | undefined> {
  try {
    return parseNote(await files.readFile(path, "utf8"));
  } catch (error) {
    // Not there: it was closed. There and not readable: it was not, and nobody knows since when.
    return (error as { code?: string }).code === "ENOENT"
      ? undefined
      : { pid: 0, since: "an unknown time", boot: null };
  }
}

/** null: this system does not say; then the machine counts as stopped whenever nobody closed the store. */
async function bootId(files: Files): Promise<string | null> {
  try {
    return (await files.readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch {
    return null;
  }
}
