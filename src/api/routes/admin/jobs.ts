import { Hono } from "hono";
import * as v from "valibot";
import { JOB_ACTIONS, type Job } from "../../../domain/job.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Jobs } from "../../ports/ports.ts";
import { json, type Shape } from "../../shapes/answers.ts";
import { type JobShape, jobSchema, jobShape } from "../../shapes/job.ts";

const wanted = v.strictObject({ kind: text });
const jobsSchema = v.pipe(
  v.object({
    jobs: v.pipe(v.array(jobSchema), v.description("Newest first; of those that are finished the last 50.")),
    startable: v.pipe(v.array(v.string()), v.description("Kinds of which one may be started by hand.")),
  }),
  v.title("Jobs"),
);
export type JobsAnswer = Shape<typeof jobsSchema>;

const LIST: RouteDescription = {
  id: "list_jobs",
  tag: "Operation",
  summary: "Long work in the background, with its progress",
  query: NO_PARAMETERS,
  answer: { json: jobsSchema },
};
const GET: RouteDescription = {
  id: "get_job",
  tag: "Operation",
  summary: "One job",
  path: { id: "The job's id." },
  query: NO_PARAMETERS,
  answer: { json: jobSchema },
  problems: ["not_found"],
};
const START: RouteDescription = {
  id: "start_job",
  tag: "Operation",
  summary: "Starts a job of a kind that may be started by hand",
  query: NO_PARAMETERS,
  body: wanted,
  answer: { json: jobSchema },
  problems: ["action_unavailable"],
};
const ACT: RouteDescription = {
  id: "act_on_job",
  tag: "Operation",
  summary: "Cancels a job, or resumes one that failed or was cancelled",
  description: "A job that is resumed goes on from where it was; what it has done stays done.",
  path: { id: "The job's id.", action: v.pipe(v.picklist(JOB_ACTIONS), v.description("What to do.")) },
  query: NO_PARAMETERS,
  answer: { json: jobSchema },
  problems: ["not_found", "action_unavailable"],
};

export const jobsRoutes = ({ auth, jobs }: { auth: Auth; jobs: Jobs }) => {
  const found = (id: string, job: Job | undefined): JobShape => {
    if (!job) throw refuse("not_found", `There is no job with the id ${id}`);
    return jobShape(job);
  };
  return new Hono<ApiEnv>()
    .get("/jobs", auth.needs("read", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<JobsAnswer>(c, { jobs: jobs.list().map(jobShape), startable: [...jobs.startable()] });
    })
    .post("/jobs", auth.needs("admin", START), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { kind } = await readBody(c, wanted);
      if (!jobs.startable().includes(kind))
        throw refuse("action_unavailable", `No job of the kind ${kind} can be started by hand`, {
          fix: "api/v1/jobs names the kinds that can.",
        });
      return json<JobShape>(c, jobShape(jobs.start(kind)));
    })
    .get("/jobs/:id", auth.needs("read", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { id } = c.req.param();
      return json<JobShape>(c, found(id, jobs.get(id)));
    })
    .post("/jobs/:id/:action", auth.needs("admin", ACT), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { id, action } = c.req.param();
      const wantedAction = JOB_ACTIONS.find((one) => one === action);
      if (!wantedAction) throw refuse("not_found", `There is no action ${action}; there are ${JOB_ACTIONS.join(", ")}`);
      return json<JobShape>(c, found(id, jobs.act(id, wantedAction)));
    });
};
