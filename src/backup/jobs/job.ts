import type { SeriesId } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { View } from "../../store/store.ts";
import type { Verified } from "../check/problem.ts";
import type { ReadBack } from "../check/read-back.ts";
import type { FoundBackup, ListedBackup } from "../folder/list.ts";
import type { Manifest } from "../folder/manifest.ts";
import type { BeginJob, FinishJob } from "../make/make.ts";

type Of<job, answer> = { readonly job: job; readonly answer: answer };

/** What the worker of backups can be asked for, and what it answers to each. */
export type Jobs = {
  list: Of<{ folder: string }, { freeBytes: number | null; backups: readonly ListedBackup[] }>;
  find: Of<{ folder: string; id: string }, FoundBackup | undefined>;
  tidy: Of<{ folder: string }, number>;
  begin: Of<BeginJob, null>;
  finish: Of<FinishJob, Manifest>;
  verify: Of<{ folder: string; id: string; now: Micros }, Verified>;
  read: Of<{ view: View; series: readonly SeriesId[]; expected: number }, ReadBack>;
  remove: Of<{ folder: string; ids: readonly string[] }, null>;
};
export type JobKind = keyof Jobs;

export type ToWorker = { [kind in JobKind]: { readonly kind: kind; readonly stop: Stop } & Jobs[kind]["job"] }[JobKind];
/** 1 where the work is cancelled: what blocks its thread hears no message. */
export type Stop = Int32Array<SharedArrayBuffer>;
export type FromWorker =
  | { readonly kind: "progress"; readonly phase: string; readonly done: number; readonly total: number }
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly fix: string | null };
