import { access } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import { describeError, Failure } from "../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import type { Store } from "../store/store.ts";
import { createStoreCheck, type StoreCheck } from "./check/store-check.ts";
import type { FoundBackup, ListedBackup } from "./folder/list.ts";
import type { MADE_BY } from "./folder/manifest.ts";
import { isBackupId, newId } from "./folder/shelf.ts";
import { createRunner } from "./jobs/runner.ts";
import { createTurns, type UnderWay } from "./jobs/turns.ts";
import { planRemoval } from "./schedule/keep.ts";
import { createScheduler, type Scheduled } from "./schedule/scheduler.ts";
import type { BackupSchedule } from "./schedule/settings.ts";

export type Backups = {
  readonly folder: string;
  list(): Promise<{ readonly freeBytes: number | null; readonly backups: readonly ListedBackup[] }>;
  find(id: string): Promise<FoundBackup | undefined>;
  /** Begins one; answers its id. @throws Failure `action_unavailable` while something else is under way */
  make(): string;
  verify(id: string): void;
  remove(id: string): Promise<void>;
  underWay(): UnderWay | undefined;
  lastFailure(): LastFailure | undefined;
  readonly schedule: Scheduled;
  readonly store: StoreCheck;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

export type LastFailure = { readonly time: Micros; readonly code: string; readonly why: string; readonly fix: string };
type By = (typeof MADE_BY)[number];

export type BackupsNeeds = {
  /** Where backups of this home are kept. */
  readonly folder: string;
  /** The home's folder, with app.db and the store. */
  readonly home: string;
  readonly store: Pick<
    Store,
    "snapshot" | "view" | "release" | "series" | "stats" | "gaps" | "damages" | "noteDamages"
  >;
  readonly settings: { get(key: string): unknown; set(key: string, value: unknown): void };
  /** The home's time zone, once known. */
  readonly timeZone: () => string | undefined;
  /** Home Assistant is heard, what was missed is filled, and the clocks agree. */
  readonly isSettled: () => boolean;
  readonly version: string;
  readonly simulated: boolean;
  readonly startWorker: () => Worker;
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
  /** Bytes of the disk that backups leave free. */
  readonly reserve?: number;
};

const RESERVE = 500_000_000;
const DAY: Micros = 86_400_000_000;
const PART = "backups";

/** Makes, checks and removes backups, one thing at a time; docs/architecture.md says how. */
export function createBackups(needs: BackupsNeeds): Backups {
  const { folder, home, store, clock, log, status, reserve = RESERVE } = needs;
  const runner = createRunner(needs);
  const turns = createTurns();
  let failure: LastFailure | undefined;
  let lastMade: Micros | undefined;
  let lastId: string | undefined;

  const tell = () => {
    const { on } = scheduler.get();
    const figures = {
      under_way: turns.underWay()?.kind === "backup",
      ...(lastMade === undefined ? {} : { last_backup: microsToRfc3339(lastMade) }),
    };
    if (failure) status.set(PART, { state: "degraded", why: failure.why, fix: failure.fix, figures });
    else if (on) status.set(PART, { state: "ok", figures });
    else
      status.set(PART, {
        state: "off",
        why: "The hub makes no backups by itself.",
        fix: "Switch them on with a time of day; backups of Home Assistant hold everything too.",
        figures,
      });
  };

  const failed = (what: string, error: unknown) => {
    const { code, fix } = error instanceof Failure ? error : { code: "backup_failed", fix: undefined };
    if (code === "backup_broken_off") return;
    const why = `${what}: ${describeError(error)}`;
    failure = {
      time: clock.now(),
      code,
      why,
      fix: fix ?? `Check that ${folder} can be written to and has space, then make one by hand.`,
    };
    log.error(why, { fix: failure.fix });
  };

  const copy = async (id: string, by: By) => {
    await runner.run("tidy", { folder });
    const made = clock.now();
    try {
      await runner.run("begin", { folder, id, home });
      const { release, files, ...counts } = await store.snapshot();
      try {
        const manifest = await runner.run(
          "finish",
          {
            folder,
            id,
            home,
            files,
            reserve,
            about: {
              ...counts,
              made: microsToRfc3339(made),
              by,
              hub: needs.version,
              simulated: needs.simulated,
              damaged: [...new Set(store.damages().map(({ file }) => file))],
            },
          },
          turns.step,
        );
        const { readings, copied } = manifest;
        log.info("a backup was made", { id, readings, files: files.length + 1, copied_bytes: copied });
      } finally {
        release();
      }
      lastMade = made;
      failure = undefined;
    } catch (error) {
      await runner.run("tidy", { folder }).catch(() => {});
      throw error;
    }
  };

  /** Resolves in any case; what went wrong is told by the status. */
  const make = (by: By): { id: string; done: Promise<void> } => {
    const id = newId(clock.now(), lastId);
    lastId = id;
    const done = turns.take("backup", id, async () => {
      tell();
      await copy(id, by).catch((error) => failed("The backup failed", error));
    });
    return { id, done: done.finally(tell) };
  };

  const removeOld = async ({ keep }: BackupSchedule) => {
    const { backups } = await runner.run("list", { folder });
    const own = backups.flatMap(({ id, about }) => (about?.by === "schedule" ? [{ id, made: about.made }] : []));
    const ids = planRemoval(own, keep, needs.timeZone() ?? "UTC");
    if (ids.length === 0) return;
    await turns.take("removal", ids[0] as string, () => runner.run("remove", { folder, ids }));
    log.info("older backups were removed", { backups: ids.length });
  };

  const scheduler = createScheduler({
    settings: needs.settings,
    timeZone: needs.timeZone,
    clock,
    isCalm: () => needs.isSettled() && turns.underWay() === undefined,
    onChange: () => tell(),
    run: async (schedule) => {
      const { newest } = store.stats();
      if (newest !== null && clock.now() < newest - DAY) {
        failed("No backup was made", clockIsBehind());
        return tell();
      }
      try {
        const { done } = make("schedule");
        await done;
        if (!failure) await removeOld(schedule);
      } catch (error) {
        failed("The scheduled backup failed", error);
        tell();
      }
    },
  });

  tell();
  void turns
    .take("tidying", "", async () => {
      // Most homes have none: no thread is started for that.
      if (
        !(await access(folder).then(
          () => true,
          () => false,
        ))
      )
        return;
      const left = await runner.run("tidy", { folder });
      if (left > 0) log.info("what an interrupted backup left behind was removed", { backups: left });
      const { backups } = await runner.run("list", { folder });
      lastMade = backups.find(({ about }) => about)?.about?.made;
    })
    .catch((error) => failed("The folder of the backups cannot be read", error))
    .finally(tell);

  return {
    folder,
    list: () => runner.run("list", { folder }),
    find: async (id) => (isBackupId(id) ? runner.run("find", { folder, id }) : undefined),
    make: () => make("user").id,
    verify: (id) => {
      const done = turns.take("verification", id, async () => {
        const { ok, problems } = await runner.run("verify", { folder, id, now: clock.now() }, turns.step);
        if (ok) log.info("a backup was verified", { id });
        else log.warning("a backup is not whole", { id, why: problems[0]?.why });
      });
      done.catch((error) => failed(`The backup ${id} could not be verified`, error)).finally(tell);
    },
    remove: (id) => turns.take("removal", id, () => runner.run("remove", { folder, ids: [id] })).then(() => {}),
    underWay: turns.underWay,
    lastFailure: () => failure,
    schedule: scheduler,
    store: createStoreCheck({ store, runner, turns, clock, log }),
    idle: turns.idle,
    close: async () => {
      scheduler.close();
      await runner.close();
      await turns.idle();
    },
  };
}

const clockIsBehind = () =>
  new Failure("clock_is_behind", "the clock stands more than a day before what is recorded already", {
    fix: "Set the machine's clock; the next backup is made at its time.",
  });
