import { Hono } from "hono";
import * as v from "valibot";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { BackupHold } from "../../ports/ports.ts";
import { json, type Shape, timeSchema } from "../../shapes/answers.ts";

const begunSchema = v.pipe(
  v.object({
    held_until: v.pipe(timeSchema, v.description("When the hold ends by itself.")),
    problems: v.pipe(
      v.array(v.string()),
      v.description("What could not be made ready; the copy can be started from all the same."),
    ),
  }),
  v.title("BackupBegun"),
);
const endedSchema = v.pipe(
  v.object({ held: v.pipe(v.boolean(), v.description("False: nothing was held any more.")) }),
  v.title("BackupEnded"),
);

const BEGIN: RouteDescription = {
  id: "begin_backup",
  tag: "Operation",
  summary: "Makes the data folder complete and keeps its files still while they are copied",
  description: "Recording goes on. Begun again, the hold lasts from then on.",
  query: NO_PARAMETERS,
  answer: { json: begunSchema },
};
const END: RouteDescription = {
  id: "end_backup",
  tag: "Operation",
  summary: "Ends the hold of a backup",
  query: NO_PARAMETERS,
  answer: { json: endedSchema },
};

export const backupHoldRoutes = ({ auth, backupHold }: { auth: Auth; backupHold: BackupHold }) =>
  new Hono<ApiEnv>()
    .post("/backups/begin", auth.needs("admin", BEGIN), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { until, problems } = await backupHold.begin();
      return json<Shape<typeof begunSchema>>(c, { held_until: microsToRfc3339(until), problems });
    })
    .post("/backups/end", auth.needs("admin", END), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Shape<typeof endedSchema>>(c, { held: backupHold.end() });
    });
