import * as v from "valibot";
import { JOB_STATES } from "../../domain/job.ts";

/** Where jobs are kept over restarts: in app.db, small. */
export type JobBook = { get(): unknown; set(value: unknown): void };

const count = v.pipe(v.number(), v.minValue(0));
const Kept = v.object({
  /** How many jobs there ever were: ids are never given twice. */
  made: count,
  jobs: v.array(
    v.object({
      id: v.string(),
      kind: v.string(),
      state: v.picklist(JOB_STATES),
      created: v.number(),
      since: v.number(),
      progress: v.object({ done: count, total: v.nullable(count), unit: v.string() }),
      why: v.exactOptional(v.string()),
      fix: v.exactOptional(v.string()),
      outcome: v.record(v.string(), v.union([v.number(), v.string(), v.boolean(), v.null()])),
      /** How far the job has come, in its own words. */
      checkpoint: v.optional(v.unknown()),
    }),
  ),
});
export type KeptJobs = v.InferOutput<typeof Kept>;
export type KeptJob = KeptJobs["jobs"][number];

/** What is no book of jobs is an empty one: a job is something to do again, never what somebody recorded. */
export function readBook(value: unknown): KeptJobs {
  const parsed = v.safeParse(Kept, value);
  return parsed.success ? parsed.output : { made: 0, jobs: [] };
}
