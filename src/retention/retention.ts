import type { Worker } from "node:worker_threads";
import { describeError, Failure } from "../domain/failure.ts";
import type { Micros } from "../domain/time/time.ts";
import type { DiskRoom } from "../platform/disk.ts";
import type { Jobs, JobWork } from "../platform/jobs/jobs.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import type { Shed, Store } from "../store/store.ts";
import { createCounting } from "./counting/counting.ts";
import { shedPlanOf } from "./counting/counts.ts";
import { createPreviews, type Preview, type StorageFigures, type Taken } from "./counting/previews.ts";
import { DAY } from "./forecast/forecast.ts";
import { type LastRun, openMemory } from "./memory.ts";
import { type Budget, budgetOf } from "./plan/budget.ts";
import { type Announcement, usedBytes } from "./plan/plan.ts";
import { checkRules, NO_RULES, type RetentionRules, readRules } from "./plan/rules.ts";
import { describeRetention } from "./status.ts";
import { type HomeTime, lookAtTime } from "./time/home-time.ts";
import { nextQuiet } from "./time/quiet.ts";

export type { Preview, StorageFigures } from "./counting/previews.ts";

export type Retention = {
  rules(): RetentionRules;
  /** @throws Failure `invalid_request` */
  change(rules: RetentionRules): void;
  state(): {
    readonly time: HomeTime;
    readonly announced: readonly Announcement[];
    readonly lastRun: LastRun | null;
    readonly nextRun: Micros | null;
    readonly running: boolean;
  };
  budget(): Promise<Budget & { readonly used: number }>;
  /** What would go now, counted exactly; `rules`: as if these held. */
  preview(asked?: { readonly rules?: RetentionRules; readonly atOnce?: boolean }): Promise<Preview>;
  /** Begins a run and does not wait for its end. @throws Failure `action_unavailable`, `clock_untrusted` */
  run(previewId?: string): Promise<void>;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
  /** Resolves when what the clock has begun is done, too. */
  settled(): Promise<void>;
  storage(): Promise<StorageFigures>;
  usage(): Promise<readonly Taken[]>;
  totals(): { readonly readings: number; readonly events: number };
  close(): Promise<void>;
};

export type RetentionNeeds = {
  readonly store: Pick<
    Store,
    "storage" | "shed" | "seal" | "view" | "release" | "noteDamages" | "series" | "allLatest" | "latest" | "stats"
  >;
  readonly settings: { get(key: string): unknown; set(key: string, value: unknown): void };
  readonly startWorker: () => Worker;
  readonly room: () => Promise<DiskRoom>;
  /** What the log grows to, in bytes. */
  readonly logLimit: number;
  readonly timeZone: () => string | undefined;
  /** Somebody copies the files now. */
  readonly isHeld: () => boolean;
  readonly jobs: Pick<Jobs, "register" | "start">;
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
};

const LOOK_EVERY_MS = 10 * 60_000;
const FIRST_LOOK_MS = 30_000;
const MOST_SAMPLES = 40;
/** A run by the clock that would free less than this part of the store waits, for at most a week: files are written again for it. */
const WORTH_IT = 0.01;
const LONGEST_WAIT: Micros = 7 * DAY;
const KEY = "retention";

export function createRetention(needs: RetentionNeeds): Retention {
  const { store, settings, clock, status, isHeld } = needs;
  const log = needs.log;
  const counting = createCounting(needs);
  const memory = openMemory(settings);
  const previews = createPreviews({ ...needs, counting, memory });
  const read = readRules(settings.get(KEY));
  let unreadable = read === "unreadable";
  let rules: RetentionRules = read === undefined || read === "unreadable" ? NO_RULES : read;
  let running: Promise<void> | undefined;
  let byClock: Promise<void> = Promise.resolve();
  let closed = false;
  let cancelLook = clock.after(FIRST_LOOK_MS, () => look());

  let watch = memory.now.watch;
  const lookAtClock = (): HomeTime => {
    const looked = lookAtTime({ newest: newestLive(store), ours: clock.now(), ticks: clock.ticks(), watch });
    watch = looked.watch;
    return looked.time;
  };
  const asOfNow = (): Micros => lookAtClock().asOf ?? clock.now();
  const shed = async ({ plan, counts, events }: Preview): Promise<Shed> => {
    const expected = counts.reduce((sum, { readings }) => sum + readings, 0);
    const wanted = shedPlanOf(plan);
    const went = { ...(await store.shed(wanted)) };
    if (went.readings < expected || went.events < events) {
      // The rest stands in the newest part of the log, which only becomes history when it is full.
      await store.seal();
      const rest = await store.shed(wanted);
      for (const key of ["readings", "events", "rollups", "bytes", "files"] as const) went[key] += rest[key];
    }
    log.info("what was to go has gone", { ...went, expected_readings: expected, expected_events: events });
    return went;
  };

  const finish = (began: Micros, more: Partial<LastRun> & Pick<LastRun, "state">) => {
    const { gone } = memory.now;
    const lastRun: LastRun = { began, ended: clock.now(), ...NOTHING_WENT, ...more };
    memory.note({
      lastRun,
      gone: { readings: gone.readings + lastRun.readings, events: gone.events + lastRun.events },
    });
    tell();
  };
  const work = async ({ tell: tellJob }: JobWork, preview: Preview) => {
    const began = clock.now();
    previews.forget();
    tellJob({ total: entriesOf(preview) });
    try {
      const went = await shed(preview);
      tellJob({ done: went.readings + went.events + went.rollups, outcome: { ...went } });
      finish(began, { state: "done", ...went });
    } catch (error) {
      log.warning("retention could not finish", { why: describeError(error) });
      finish(began, { state: "failed", why: describeError(error) });
      throw error;
    } finally {
      previews.forget();
    }
  };
  let next: Preview | undefined;
  needs.jobs.register({
    kind: "retention",
    unit: "entries",
    byHand: false,
    run: async (job) => {
      const preview = next;
      next = undefined;
      // What a stop of the hub interrupted is done by the next quiet hour, by what is due then.
      if (!preview) return job.tell({ outcome: { interrupted: true } });
      running = work(job, preview).finally(() => {
        running = undefined;
        tell();
      });
      await running;
    },
  });
  const begin = (preview: Preview) => {
    next = preview;
    try {
      needs.jobs.start("retention");
    } finally {
      next = undefined;
    }
    tell();
  };
  const refuseUnlessFree = () => {
    const unavailable = (why: string, fix: string) => new Failure("action_unavailable", why, { fix, retry: true });
    if (closed) throw unavailable("The hub is stopping", "Ask again when it has started");
    if (running) throw unavailable("A run is under way", "Wait for its end; GET api/v1/retention says when");
    if (isHeld()) throw unavailable("A backup is copying the files", "Ask again when it has ended");
    if (unreadable) throw unavailable("The rules in app.db cannot be read", "Set them anew with PUT api/v1/retention");
    const time = lookAtClock();
    if (!time.trusted) throw new Failure("clock_untrusted", time.why, { fix: time.fix, retry: true });
  };

  const tell = () => {
    const { announced, lastRun } = memory.now;
    status.set(
      "retention",
      describeRetention({ unreadable, time: lookAtClock(), announced, lastRun, running: running !== undefined }),
    );
  };
  const sample = (asOf: Micros) => {
    const { samples, gone } = memory.now;
    const before = samples.at(-1);
    if (before && asOf - before.at < DAY) return;
    const { readings, events } = store.stats();
    const logBytes = usedBytes(store.storage().filter(({ kind }) => kind === "log"));
    const next = { at: asOf, readings: readings + gone.readings, events: events + gone.events, logBytes };
    memory.note({ samples: [...samples, next].slice(-MOST_SAMPLES) });
  };
  /** What the quiet hour does: announce what the budget will take, and let go what is due. */
  const runByClock = async (asOf: Micros) => {
    memory.note({ scheduled: asOf });
    const preview = await previews.make(rules, asOfNow(), false);
    memory.note({ announced: preview.plan.announced });
    const counts = [...preview.counts, ...preview.rollups];
    const bytes = counts.reduce((sum, count) => sum + count.bytes, preview.eventBytes);
    const last = memory.now.lastRun;
    const waited = last?.state !== "done" || asOf - last.ended >= LONGEST_WAIT;
    if (counts.length + preview.events === 0) return;
    const isOver = counts.some(({ cutoff }) => cutoff.reason === "budget");
    if (bytes < WORTH_IT * usedBytes(store.storage()) && !waited && !isOver) return;
    if (!closed && !running && !isHeld()) begin(preview);
  };
  const look = () => {
    if (closed) return;
    const time = lookAtClock();
    // At a first start the first change comes soon.
    cancelLook = clock.after(time.asOf === null ? FIRST_LOOK_MS : LOOK_EVERY_MS, look);
    memory.note({ watch });
    tell();
    if (!time.trusted || unreadable) return;
    sample(time.asOf);
    const { scheduled } = memory.now;
    if (running || isHeld() || time.asOf < nextQuiet(scheduled, time.asOf, needs.timeZone())) return;
    byClock = runByClock(time.asOf)
      .catch((error: unknown) =>
        log.warning("what retention would do could not be worked out", { why: describeError(error) }),
      )
      .finally(tell);
  };

  return {
    rules: () => rules,
    change: (next) => {
      checkRules(next);
      settings.set(KEY, next);
      rules = next;
      unreadable = false;
      tell();
    },
    state: () => {
      const time = lookAtClock();
      const { announced, lastRun, scheduled } = memory.now;
      const nextRun = time.asOf === null ? null : nextQuiet(scheduled, time.asOf, needs.timeZone());
      return { time, announced, lastRun, nextRun, running: running !== undefined };
    },
    budget: async () => ({ ...budgetOf(rules, await previews.room()), used: usedBytes(store.storage()) }),
    preview: ({ rules: asIf, atOnce = false } = {}) => {
      if (asIf) checkRules(asIf);
      return previews.make(asIf ?? rules, asOfNow(), atOnce);
    },
    run: async (id) => {
      refuseUnlessFree();
      const known = id === undefined ? undefined : previews.find(id, rules);
      if (id !== undefined && !known)
        throw new Failure("action_unavailable", "This preview is too old, or of other rules than those in force", {
          fix: "Make a new one with POST api/v1/retention/preview and run that",
        });
      const preview = known ?? (await previews.make(rules, asOfNow(), false));
      refuseUnlessFree();
      if (!known) memory.note({ announced: preview.plan.announced });
      begin(preview);
    },
    idle: async () => {
      await running?.catch(() => {});
    },
    settled: async () => {
      await byClock;
      await running?.catch(() => {});
    },
    storage: () => previews.figures(rules, asOfNow()),
    usage: previews.usage,
    totals: () => {
      const { readings, events } = store.stats();
      return { readings, events };
    },
    close: async () => {
      closed = true;
      cancelLook();
      await counting.close();
      await running?.catch(() => {});
    },
  };
}

const NOTHING_WENT: Shed = { readings: 0, events: 0, rollups: 0, bytes: 0, files: 0 };

const entriesOf = ({ counts, rollups, events }: Preview): number =>
  [...counts.map(({ readings }) => readings), ...rollups.map((one) => one.rollups)].reduce((a, b) => a + b, events);

/** Home Assistant's time when it last told a change live; what was stored last, since a clock may have been set back. */
function newestLive(store: Pick<Store, "allLatest">): Micros | undefined {
  let position = -1;
  let newest: Micros | undefined;
  for (const reading of store.allLatest()) {
    const { origin, timeIsArrival, flaws } = reading;
    if (reading.position <= position || origin !== "live" || timeIsArrival || flaws.includes("clock_skew")) continue;
    position = reading.position;
    newest = reading.time;
  }
  return newest;
}
