import { Hono } from "hono";
import * as v from "valibot";
import type { Backups } from "../../../backup/backups.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { countSchema, json, type Shape, timeSchema } from "../../shapes/answers.ts";
import {
  type BackupDetailShape,
  backupDetailSchema,
  backupDetailShape,
  backupSchema,
  backupShape,
  scheduleAnswerSchema,
  scheduleShape,
  underWaySchema,
} from "../../shapes/backup.ts";

const listSchema = v.pipe(
  v.object({
    folder: v.string(),
    free_bytes: v.nullable(countSchema),
    under_way: underWaySchema,
    last_failure: v.nullable(v.object({ time: timeSchema, code: v.string(), why: v.string(), fix: v.string() })),
    schedule: scheduleAnswerSchema,
    backups: v.array(backupSchema),
  }),
  v.title("Backups"),
);
const begunSchema = v.pipe(
  v.object({
    id: v.string(),
    job: v.pipe(v.string(), v.description("How far it is, and cancelling: api/v1/jobs/{id}.")),
  }),
  v.title("BackupWorkBegun"),
);
type Begun = Shape<typeof begunSchema>;

const id = "The backup's id.";
const LIST: RouteDescription = {
  id: "list_backups",
  tag: "Operation",
  summary: "Every backup, newest first, what is under way, and the schedule",
  query: NO_PARAMETERS,
  answer: { json: listSchema },
};
const MAKE: RouteDescription = {
  id: "make_backup",
  tag: "Operation",
  summary: "Begins a backup; recording goes on",
  description: "The list shows how far it is. What an earlier backup holds already is not copied again.",
  query: NO_PARAMETERS,
  answer: { json: begunSchema },
  problems: ["action_unavailable"],
};
const FIND: RouteDescription = {
  id: "get_backup",
  tag: "Operation",
  summary: "One backup with its files",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: backupDetailSchema },
  problems: ["not_found"],
};
const VERIFY: RouteDescription = {
  id: "verify_backup",
  tag: "Operation",
  summary: "Begins to check every file of a backup and to read back everything in it",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: begunSchema },
  problems: ["not_found", "action_unavailable"],
};
const REMOVE: RouteDescription = {
  id: "delete_backup",
  tag: "Operation",
  summary: "Removes a backup; the others stay whole",
  path: { id },
  query: NO_PARAMETERS,
  answer: { status: 204, description: "It is gone." },
  problems: ["not_found", "action_unavailable"],
};

export const backupsRoutes = ({ auth, backups }: { auth: Auth; backups: Backups }) => {
  const find = async (wanted: string) => {
    const found = await backups.find(wanted);
    if (!found) throw refuse("not_found", `There is no backup with the id ${wanted}`);
    return found;
  };
  return new Hono<ApiEnv>()
    .get("/backups", auth.needs("admin", LIST), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { freeBytes, backups: listed } = await backups.list();
      const failure = backups.lastFailure();
      return json<Shape<typeof listSchema>>(c, {
        folder: backups.folder,
        free_bytes: freeBytes,
        under_way: backups.underWay() ?? null,
        last_failure: failure ? { ...failure, time: microsToRfc3339(failure.time) } : null,
        schedule: scheduleShape(backups),
        backups: listed.map(backupShape),
      });
    })
    .post("/backups", auth.needs("admin", MAKE), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Begun>(c, backups.make());
    })
    .get("/backups/:id", auth.needs("admin", FIND), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<BackupDetailShape>(c, backupDetailShape(await find(c.req.param("id"))));
    })
    .post("/backups/:id/verify", auth.needs("admin", VERIFY), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const found = await find(c.req.param("id"));
      return json<Begun>(c, { id: found.id, ...backups.verify(found.id) });
    })
    .delete("/backups/:id", auth.needs("admin", REMOVE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const found = await find(c.req.param("id"));
      await backups.remove(found.id);
      return c.body(null, 204);
    });
};
