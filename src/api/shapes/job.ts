import * as v from "valibot";
import { JOB_ACTIONS, JOB_STATES, type Job } from "../../domain/job.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

export const jobSchema = v.pipe(
  v.object({
    id: v.string(),
    kind: v.string(),
    state: v.pipe(v.picklist(JOB_STATES), v.description("waiting: it goes on by itself; why says what it waits for.")),
    created: timeSchema,
    since: v.pipe(timeSchema, v.description("Since when it is in this state.")),
    progress: v.object({
      done: countSchema,
      total: v.pipe(v.nullable(countSchema), v.description("null: not known yet.")),
      unit: v.pipe(v.string(), v.description("What is counted, in the plural.")),
    }),
    why: v.exactOptional(v.string()),
    fix: v.exactOptional(v.string()),
    outcome: v.pipe(
      v.record(v.string(), v.union([v.number(), v.string(), v.boolean(), v.null()])),
      v.description("What it has amounted to so far."),
    ),
    actions: v.pipe(v.array(v.picklist(JOB_ACTIONS)), v.description("What may be done to it now.")),
  }),
  v.title("Job"),
  v.description("A long piece of work in the background. It goes on after a restart of the hub."),
);
export type JobShape = Shape<typeof jobSchema>;

export const jobShape = ({ created, since, ...job }: Job): JobShape => ({
  ...job,
  created: microsToRfc3339(created),
  since: microsToRfc3339(since),
});
