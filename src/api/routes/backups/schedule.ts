import { Hono } from "hono";
import type { Backups } from "../../../backup/backups.ts";
import { scheduleSchema } from "../../../backup/schedule/settings.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import { type ScheduleShape, scheduleAnswerSchema, scheduleShape } from "../../shapes/backup.ts";

const GET: RouteDescription = {
  id: "get_backup_schedule",
  tag: "Operation",
  summary: "When the hub makes backups by itself, and how many of those it keeps",
  query: NO_PARAMETERS,
  answer: { json: scheduleAnswerSchema },
};
const PUT: RouteDescription = {
  id: "set_backup_schedule",
  tag: "Operation",
  summary: "Says when the hub makes backups by itself",
  description:
    "at is by the home's clocks. Of scheduled backups the newest of each of the last days, weeks and months stays; those that people make stay until they are removed.",
  query: NO_PARAMETERS,
  body: scheduleSchema,
  answer: { json: scheduleAnswerSchema },
  problems: ["payload_too_large"],
};

/** Before the routes of one backup: `schedule` is no id. */
export const backupScheduleRoutes = ({ auth, backups }: { auth: Auth; backups: Backups }) =>
  new Hono<ApiEnv>()
    .get("/backups/schedule", auth.needs("admin", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<ScheduleShape>(c, scheduleShape(backups));
    })
    .put("/backups/schedule", auth.needs("admin", PUT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      backups.schedule.set(await readBody(c, scheduleSchema));
      return json<ScheduleShape>(c, scheduleShape(backups));
    });
