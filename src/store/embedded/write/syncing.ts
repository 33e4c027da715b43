import { describeError, Failure } from "../../../domain/failure.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { type OpenFile, readSome, writeAll } from "../files.ts";
import type { Troubles } from "../troubles.ts";

/** How far a file is written, and how far that is on the disk. */
export type SyncFile = {
  readonly handle: OpenFile;
  end: number;
  synced: number;
  /** Its name is not known to be on the disk. */
  isNew: boolean;
  /** No more will be written: close it when all is on the disk. */
  retired: boolean;
};

export type Syncing = {
  add(file: SyncFile): void;
  /** `urgent`: what Home Assistant cannot be asked for again. */
  wrote(file: SyncFile, end: number, urgent: boolean): void;
  readonly unsyncedBytes: number;
  /** The disk refused the last sync: nothing may be promised that is not on it. */
  readonly failing: boolean;
  /** Resolves when everything written before is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

const MOST_UNSYNCED = 64 * 1024;
const REGULAR_MS = 30_000;
const URGENT_MS = 5_000;
const RETRY_MS = 5_000;

export function createSyncing(needs: { clock: Clock; troubles: Troubles; syncFolder(): Promise<void> }): Syncing {
  const { clock, troubles, syncFolder } = needs;
  const files = new Set<SyncFile>();
  let running: Promise<void> | undefined;
  let failing = false;
  let closed = false;
  let due: { at: number; cancel: () => void } | undefined;
  /** Written while a sync was running: the next one is due as soon. */
  let nextDue: number | undefined;

  const unsynced = () => {
    let bytes = 0;
    for (const file of files) bytes += file.end - file.synced;
    return bytes;
  };

  const arm = (ms: number) => {
    const at = clock.ticks() + ms;
    if (closed || (due && due.at <= at)) return;
    due?.cancel();
    due = {
      at,
      cancel: clock.after(ms, () => {
        due = undefined;
        // The failure is told by `troubles` and tried again.
        pass().catch(() => {});
      }),
    };
  };

  const syncOne = async (file: SyncFile) => {
    const { end } = file;
    // After a refused sync the system takes the pages for clean: only writing them again makes the next one count.
    if (failing && end > file.synced)
      await writeAll(file.handle, await readSome(file.handle, file.synced, end - file.synced), file.synced);
    if (end > file.synced) await file.handle.datasync();
    if (file.isNew) {
      await syncFolder();
      file.isNew = false;
    }
    file.synced = Math.max(file.synced, end);
    if (file.retired && file.synced >= file.end) {
      files.delete(file);
      await file.handle.close();
    }
  };

  const syncAll = async () => {
    due?.cancel();
    due = undefined;
    nextDue = undefined;
    try {
      for (const file of [...files]) await syncOne(file);
      failing = false;
      troubles.set("sync", null);
    } catch (cause) {
      failing = true;
      troubles.set("sync", {
        why: `The disk does not confirm what was written to it: ${describeError(cause)}`,
        fix: "Check the disk and its free space; nothing more is accepted until it confirms again",
      });
      throw new Failure("store_sync_failed", `The disk refused to sync: ${describeError(cause)}`, {
        fix: "Check the disk and its free space",
        retry: true,
        cause,
      });
    }
  };

  const pass = (): Promise<void> => {
    running ??= syncAll().finally(() => {
      running = undefined;
      if (closed) return;
      if (failing) arm(RETRY_MS);
      else if (unsynced() >= MOST_UNSYNCED) pass().catch(() => {});
      else if (nextDue !== undefined) arm(nextDue);
    });
    return running;
  };

  const sync = async () => {
    await running?.catch(() => {});
    if (failing || unsynced() > 0 || [...files].some((file) => file.isNew || file.retired)) await pass();
  };

  return {
    add: (file) => void files.add(file),
    wrote: (file, end, urgent) => {
      file.end = end;
      const wait = urgent ? URGENT_MS : REGULAR_MS;
      if (running) nextDue = Math.min(nextDue ?? wait, wait);
      else if (unsynced() >= MOST_UNSYNCED) pass().catch(() => {});
      else arm(wait);
    },
    get unsyncedBytes() {
      return unsynced();
    },
    get failing() {
      return failing;
    },
    sync,
    close: async () => {
      try {
        await sync();
      } finally {
        closed = true;
        due?.cancel();
        for (const file of files) await file.handle.close();
        files.clear();
      }
    },
  };
}
