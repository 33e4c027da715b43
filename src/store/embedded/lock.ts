import { join } from "node:path";
import Database from "better-sqlite3";
import { describeError, Failure } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Files, syncFolder } from "./files.ts";

export type HowLeft = "closed" | "process_ended" | "machine_stopped";

export type Lock = {
  /** How the store was left; where the machine stopped while it was open, what was not synced may be gone. */
  readonly left: HowLeft;
  /** `clean`: everything is on the disk. */
  release(clean: boolean): Promise<void>;
};

type Running = { readonly pid: number; readonly since: string; readonly boot: string | null };

/**
 * One hub per folder. The lock is the operating system's (SQLite's on an empty file, the only one that Node reaches):
 * it ends with the process however that dies, and holds across containers on one machine, where process ids say
 * nothing. Beside it a note says who holds it and since which boot, and stays behind where nobody closed the store.
 */
export async function lockFolder(needs: { folder: string; files: Files; clock: Clock }): Promise<Lock> {
  const { folder, files, clock } = needs;
  const note = join(folder, "running.json");
  const before = await readNote(files, note);
  const unlock = takeLock(folder, before);
  try {
    const boot = await bootId(files);
    const running: Running = { pid: process.pid, since: microsToRfc3339(clock.now()), boot };
    const handle = await files.open(note, "w");
    try {
      await handle.write(Buffer.from(`${JSON.stringify(running)}\n`));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await syncFolder(files, folder);
    return {
      left: howLeft(before, boot),
      release: async (clean) => {
        if (clean) await files.unlink(note).catch(() => {});
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
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

async function readNote(files: Files, path: string): Promise<Running | undefined> {
  try {
    const found = JSON.parse(await files.readFile(path, "utf8"));
    return { pid: Number(found.pid), since: String(found.since), boot: found.boot ?? null };
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
