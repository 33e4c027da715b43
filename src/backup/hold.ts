import { describeError } from "../domain/failure.ts";
import type { Micros } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";

/**
 * While the data folder is being copied. Recording goes on: what is appended meanwhile stands behind what is copied,
 * and a copy that catches half of it is mended at the next start like a torn write.
 */
export type BackupHold = {
  /** Makes what is there complete and keeps it still. Asked again, the hold lasts longer. Never fails. */
  begin(): Promise<HeldBackup>;
  /** False: nothing was held any more. */
  end(): boolean;
  close(): void;
};

export type HeldBackup = {
  /** When it ends by itself, should nobody end it. */
  readonly until: Micros;
  /** What could not be made ready. The copy is still one that a start can read; it may lack the last seconds. */
  readonly problems: readonly string[];
};

/** Longer than a backup of a large home takes on a slow disk. */
const LONGEST_MS = 2 * 60 * 60_000;
const PART = "backup";

export type HoldNeeds = {
  readonly store: { holdFiles(): Promise<() => void>; sync(): Promise<void> };
  readonly database: { holdFile(): () => void };
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
};

export function createBackupHold(needs: HoldNeeds): BackupHold {
  const { store, database, clock, log, status } = needs;
  let held: { readonly release: (() => void)[]; readonly since: number; cancel: () => void } | undefined;

  const release = (): boolean => {
    if (!held) return false;
    held.cancel();
    for (const one of held.release) one();
    const seconds = Math.round((clock.ticks() - held.since) / 1000);
    held = undefined;
    status.set(PART, { state: "ok", figures: { under_way: false, last_lasted_seconds: seconds } });
    return true;
  };

  const overdue = () => {
    release();
    log.warning("a backup was begun and never ended; the hub goes on as usual");
  };

  return {
    begin: async () => {
      held?.cancel();
      const now = held ?? { release: [], since: clock.ticks(), cancel: () => {} };
      const isNew = held === undefined;
      held = now;
      const until = clock.now() + LONGEST_MS * 1000;
      now.cancel = clock.after(LONGEST_MS, overdue);
      const problems: string[] = [];
      const attempt = async (what: string, run: () => unknown) => {
        try {
          await run();
        } catch (error) {
          problems.push(`${what}: ${describeError(error)}`);
          log.warning("a backup begins with something not ready", { what, why: describeError(error) });
        }
      };
      const keep = (undo: () => void) => {
        // Ended while it was still being made ready.
        if (held === now) now.release.push(undo);
        else undo();
      };
      if (isNew) {
        await attempt("keeping the store's files still", async () => keep(await store.holdFiles()));
        await attempt("making app.db complete", () => keep(database.holdFile()));
      }
      await attempt("writing the last changes to the disk", store.sync);
      if (held === now) status.set(PART, { state: "ok", figures: { under_way: true } });
      log.info("a backup has begun", { problems: problems.length });
      return { until, problems };
    },
    end: () => {
      const wasHeld = release();
      log.info("a backup has ended", { held: wasHeld });
      return wasHeld;
    },
    close: () => void release(),
  };
}
