import { describeError, Failure } from "../../domain/failure.ts";
import { isFinished, type Job, type JobAction, type JobState } from "../../domain/job.ts";
import type { Clock } from "../time/clock.ts";
import type { Log } from "../told/log.ts";
import { type JobBook, type KeptJob, type KeptJobs, readBook } from "./book.ts";

/** What a job's work gets. */
export type JobWork = {
  /** What was kept last; undefined: it begins. */
  readonly checkpoint: unknown;
  /** Aborted when the job is cancelled or the hub stops: let `run` end soon, in whatever way. */
  readonly signal: AbortSignal;
  /** Cheap: told and written at most once a second. */
  tell(news: { readonly done?: number; readonly total?: number | null; readonly outcome?: Job["outcome"] }): void;
  /** From where to go on after a restart. Written at once, with the progress. */
  keep(checkpoint: unknown): void;
  /** The work cannot go on for now, and why; undefined: it goes on. */
  waits(reason: { readonly why: string; readonly fix?: string } | undefined): void;
};

export type JobKind = {
  readonly kind: string;
  /** What its progress counts, in the plural. */
  readonly unit: string;
  /** Whether a person may start one. */
  readonly byHand: boolean;
  /** Does the work, from the checkpoint on. Rejects with a Failure that says how to mend what was wrong. */
  run(work: JobWork): Promise<void>;
};

export type Jobs = {
  /** Makes a kind known; what of it was under way before a restart goes on. */
  register(kind: JobKind): void;
  /** @throws Failure `action_unavailable`: there is one of this kind that is not finished, or no such kind */
  start(kind: string): Job;
  /** Newest first. */
  list(): readonly Job[];
  get(id: string): Job | undefined;
  /** The newest of a kind. */
  last(kind: string): Job | undefined;
  /** Kinds of which a person may start one. */
  startable(): readonly string[];
  /** undefined: there is no such job. @throws Failure `action_unavailable` */
  act(id: string, action: JobAction): Job | undefined;
  close(): Promise<void>;
};

const TELL_EVERY_MS = 1_000;
/** Finished ones that are remembered, besides the last of each kind. */
const MOST_FINISHED = 50;

/** Long work in the background: one job of each kind at a time, told as it goes, going on after a restart. */
export function createJobs(needs: {
  readonly clock: Clock;
  readonly log: Log;
  readonly book: JobBook;
  readonly onChange: (job: Job) => void;
}): Jobs {
  const { clock, log, book } = needs;
  const kept = readBook(book.get());
  let made = kept.made;
  const jobs: KeptJob[] = [...kept.jobs];
  const kinds = new Map<string, JobKind>();
  const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  const unheard = new Set<KeptJob>();
  let cancelTelling: (() => void) | undefined;
  let closing = false;

  const save = () => {
    // How the last of each kind ended is asked for long after.
    const finished = jobs.filter((job) => isFinished(job) && jobs.findLast(({ kind }) => kind === job.kind) !== job);
    for (const old of finished.slice(0, Math.max(0, finished.length - MOST_FINISHED)))
      jobs.splice(jobs.indexOf(old), 1);
    book.set({ made, jobs } satisfies KeptJobs);
  };
  const shown = ({ checkpoint: _, ...job }: KeptJob): Job => ({
    ...job,
    actions: !kinds.has(job.kind) || job.state === "done" ? [] : isFinished(job) ? ["resume"] : ["cancel"],
  });
  const flush = () => {
    cancelTelling?.();
    cancelTelling = undefined;
    for (const job of unheard) needs.onChange(shown(job));
    unheard.clear();
  };
  const tellSoon = (job: KeptJob) => {
    unheard.add(job);
    cancelTelling ??= clock.after(TELL_EVERY_MS, flush);
  };
  const enter = (job: KeptJob, state: JobState, reason: { why?: string; fix?: string } = {}) => {
    if (job.state === state && job.why === reason.why) return;
    const since = job.state === state ? job.since : clock.now();
    delete job.why;
    delete job.fix;
    Object.assign(job, { state, since }, reason);
    unheard.add(job);
    save();
    flush();
  };

  const run = (job: KeptJob, { run: work, kind }: JobKind) => {
    const stop = new AbortController();
    enter(job, "running");
    const ended = work({
      checkpoint: job.checkpoint,
      signal: stop.signal,
      tell: ({ done, total, outcome }) => {
        if (stop.signal.aborted) return;
        const progress = {
          ...job.progress,
          ...(done === undefined ? {} : { done }),
          ...(total === undefined ? {} : { total }),
        };
        Object.assign(job, { progress }, outcome ? { outcome: { ...job.outcome, ...outcome } } : {});
        tellSoon(job);
      },
      keep: (checkpoint) => {
        job.checkpoint = checkpoint;
        save();
      },
      waits: (reason) => {
        if (!stop.signal.aborted) enter(job, reason ? "waiting" : "running", reason);
      },
    })
      .then(
        () => {
          if (!stop.signal.aborted) enter(job, "done");
        },
        (error: unknown) => {
          if (stop.signal.aborted) return;
          const fix = error instanceof Failure && error.fix ? error.fix : "Resume it; the hub's log says more.";
          log.warning("a job failed", { job: job.id, error: describeError(error) });
          enter(job, "failed", { why: `${describeError(error)}.`, fix });
        },
      )
      .finally(() => {
        running.delete(job.id);
        // Resumed while it was still on its way out. When the hub stops, the next start goes on with what is not finished.
        const next = jobs.find((one) => one.kind === kind && one.state === "waiting" && !running.has(one.id));
        const known = kinds.get(kind);
        if (next && known && !closing) run(next, known);
      });
    running.set(job.id, { stop, ended });
  };

  const unfinished = (kind: string) => jobs.find((job) => job.kind === kind && !isFinished(job));
  const refuseSecond = (kind: string) => {
    const other = unfinished(kind);
    if (other)
      throw new Failure("action_unavailable", `A job of this kind is not finished yet: ${other.id}`, {
        fix: "Wait until it is done, or cancel it.",
      });
  };

  return {
    register: (kind) => {
      kinds.set(kind.kind, kind);
      const job = unfinished(kind.kind);
      if (job) run(job, kind);
    },
    start: (name) => {
      const kind = kinds.get(name);
      if (!kind || closing) throw new Failure("action_unavailable", `There are no jobs of the kind ${name}`);
      refuseSecond(name);
      const now = clock.now();
      const job: KeptJob = {
        id: `${name}-${++made}`,
        kind: name,
        state: "waiting",
        created: now,
        since: now,
        progress: { done: 0, total: null, unit: kind.unit },
        outcome: {},
        checkpoint: undefined,
      };
      jobs.push(job);
      run(job, kind);
      return shown(job);
    },
    list: () => jobs.map(shown).reverse(),
    get: (id) => {
      const job = jobs.find((one) => one.id === id);
      return job && shown(job);
    },
    last: (kind) => {
      const job = jobs.findLast((one) => one.kind === kind);
      return job && shown(job);
    },
    startable: () => [...kinds.values()].filter(({ byHand }) => byHand).map(({ kind }) => kind),
    act: (id, action) => {
      const job = jobs.find((one) => one.id === id);
      if (!job) return undefined;
      const kind = kinds.get(job.kind);
      if (!kind || !shown(job).actions.includes(action))
        throw new Failure("action_unavailable", `There is nothing to ${action}: the job is ${job.state}`);
      if (action === "cancel") {
        running.get(id)?.stop.abort();
        enter(job, "cancelled", { why: "Somebody cancelled it.", fix: "Resume it to go on from where it was." });
      } else {
        refuseSecond(job.kind);
        if (running.has(id)) enter(job, "waiting", { why: "It is about to go on." });
        else run(job, kind);
      }
      return shown(job);
    },
    close: async () => {
      closing = true;
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
      cancelTelling?.();
      save();
    },
  };
}
