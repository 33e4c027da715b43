import { access } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import { describeError, Failure } from "../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../domain/time/time.ts";
import type { Jobs, JobWork } from "../platform/jobs/jobs.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import type { Store } from "../store/store.ts";
import { isCancelled } from "./check/problem.ts";
import { createStoreCheck, type StoreCheck } from "./check/store-check.ts";
import type { FoundBackup, ListedBackup } from "./folder/list.ts";
import { MADE_BY } from "./folder/manifest.ts";
import { isBackupId, newId } from "./folder/shelf.ts";
import { offerWork } from "./jobs/offer.ts";
import { createRunner, type OnStep } from "./jobs/runner.ts";
import { createTurns, type UnderWay } from "./jobs/turns.ts";
import { planRemoval } from "./schedule/keep.ts";
import { createScheduler, type Scheduled } from "./schedule/scheduler.ts";
import type { BackupSchedule } from "./schedule/settings.ts";

export type Backups = {
  readonly folder: string;
  list(): Promise<{ readonly freeBytes: number | null; readonly backups: readonly ListedBackup[] }>;
  find(id: string): Promise<FoundBackup | undefined>;
  /** Begins one, as a job. @throws Failure `action_unavailable` while something else is under way */
  make(): { readonly id: string; readonly job: string };
  verify(id: string): { readonly job: string };
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
  readonly jobs: Pick<Jobs, "register" | "start">;
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
    if (code === "backup_broken_off" || isCancelled(error)) return;
    const why = `${what}: ${describeError(error)}`;
    failure = {
      time: clock.now(),
      code,
      why,
      fix: fix ?? `Check that ${folder} can be written to and has space, then make one by hand.`,
    };
    log.error(why, { fix: failure.fix });
  };

  const copy = async (id: string, by: By, { tell: tellJob, signal }: JobWork) => {
    const onStep: OnStep = (phase, done, total) => {
      turns.step(phase, done, total);
      tellJob({ done, total });
    };
    await runner.run("tidy", { folder });
    const made = clock.now();
    try {
      await runner.run("begin", { folder, id, home }, { signal });
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
          { onStep, signal },
        );
        const { readings, copied } = manifest;
        tellJob({ outcome: { backup: id, readings, copied_bytes: copied } });
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

  const removeOld = async ({ keep }: BackupSchedule) => {
    const { backups } = await runner.run("list", { folder });
    const own = backups.flatMap(({ id, about }) => (about?.by === "schedule" ? [{ id, made: about.made }] : []));
    const ids = planRemoval(own, keep, needs.timeZone() ?? "UTC");
    if (ids.length === 0) return;
    await turns.take("removal", ids[0] as string, () => runner.run("remove", { folder, ids }));
    log.info("older backups were removed", { backups: ids.length });
  };

  const nextId = () => {
    lastId = newId(clock.now(), lastId);
    return lastId;
  };
  const making = offerWork<{ readonly id?: string; readonly by: By }>(needs.jobs, {
    kind: "backup",
    unit: "bytes",
    byHand: { by: "user" },
    // Begun anew it has another id.
    keep: ({ by }) => by,
    read: (kept) => MADE_BY.filter((by) => by === kept).map((by) => ({ by }))[0],
    work: async ({ id = nextId(), by }, job) => {
      const what = by === "schedule" ? "The scheduled backup failed" : "The backup failed";
      try {
        await turns.take("backup", id, () => {
          tell();
          return copy(id, by, job);
        });
        if (by === "schedule") await removeOld(scheduler.get());
      } catch (error) {
        // One that never began for another that is under way says nothing of backups.
        if (!(error instanceof Failure && error.code === "action_unavailable")) failed(what, error);
        throw error;
      } finally {
        tell();
      }
    },
  });
  const make = (by: By) => {
    turns.refuse();
    const id = nextId();
    return { id, ...making.start({ id, by }) };
  };
  const verifying = offerWork<string>(needs.jobs, {
    kind: "backup_verification",
    unit: "percent",
    keep: (id) => id,
    read: (kept) => (typeof kept === "string" && isBackupId(kept) ? kept : undefined),
    work: async (id, { tell: tellJob, signal }) => {
      const onStep: OnStep = (phase, done, total) => {
        turns.step(phase, done, total);
        const half = total === 0 ? 50 : Math.floor((50 * done) / total);
        tellJob({ done: phase === "reading" ? 50 + half : half, total: 100 });
      };
      try {
        const { ok, problems, readings } = await turns.take("verification", id, () =>
          runner.run("verify", { folder, id, now: clock.now() }, { onStep, signal }),
        );
        tellJob({ outcome: { backup: id, ok, problems: problems.length, readings } });
        if (ok) log.info("a backup was verified", { id });
        else log.warning("a backup is not whole", { id, why: problems[0]?.why });
      } catch (error) {
        failed(`The backup ${id} could not be verified`, error);
        throw error;
      } finally {
        tell();
      }
    },
  });

  const scheduler = createScheduler({
    settings: needs.settings,
    timeZone: needs.timeZone,
    clock,
    isCalm: () => needs.isSettled() && turns.underWay() === undefined,
    onChange: () => tell(),
    run: async () => {
      const { newest } = store.stats();
      if (newest !== null && clock.now() < newest - DAY) {
        failed("No backup was made", clockIsBehind());
        return tell();
      }
      try {
        make("schedule");
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
    make: () => {
      const { id, job } = make("user");
      return { id, job };
    },
    verify: (id) => {
      turns.refuse();
      return { job: verifying.start(id).job };
    },
    remove: (id) => turns.take("removal", id, () => runner.run("remove", { folder, ids: [id] })).then(() => {}),
    underWay: turns.underWay,
    lastFailure: () => failure,
    schedule: scheduler,
    store: createStoreCheck({ store, runner, turns, jobs: needs.jobs, clock, log }),
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
