import type { Micros } from "./time/time.ts";

/** A long piece of work in the background. It is kept over restarts, and goes on from where it was. */
export const JOB_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What a person may do to a job, where it says so. */
export const JOB_ACTIONS = ["cancel", "resume"] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

export type JobProgress = {
  readonly done: number;
  /** null: not known yet. */
  readonly total: number | null;
  /** What is counted, in the plural: `days`, `rows`. */
  readonly unit: string;
};

export type Job = {
  /** Never given twice: `import-3`. */
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly created: Micros;
  /** Since when it is in this state. */
  readonly since: Micros;
  readonly progress: JobProgress;
  /** Why it waits, failed or was cancelled, and how to mend it. */
  readonly why?: string;
  readonly fix?: string;
  /** What it has amounted to so far, by name in snake_case. */
  readonly outcome: { readonly [name: string]: number | string | boolean | null };
  readonly actions: readonly JobAction[];
};

export const isFinished = ({ state }: Pick<Job, "state">): boolean => state !== "waiting" && state !== "running";
