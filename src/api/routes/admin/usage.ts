import { Hono } from "hono";
import * as v from "valibot";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import { CALLER_KINDS } from "../../auth/caller.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { Meter } from "../../limits/meter.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { countSchema, json, type Shape, timeSchema } from "../../shapes/answers.ts";

const usageSchema = v.pipe(
  v.object({
    kind: v.picklist(CALLER_KINDS),
    id: v.pipe(v.string(), v.description("A token's id, as api/v1/tokens lists it.")),
    name: v.string(),
    since: timeSchema,
    last_used: timeSchema,
    requests: countSchema,
    refused: v.pipe(countSchema, v.description("For want of scope, or past a limit.")),
    bytes_out: v.pipe(countSchema, v.description("Everything written to its connections, headers included.")),
  }),
  v.title("Usage"),
);
export type UsageShape = Shape<typeof usageSchema>;

const USAGE: RouteDescription = {
  id: "list_usage",
  tag: "Access",
  summary: "What each token, browser and user has used",
  query: NO_PARAMETERS,
  answer: { json: v.object({ usage: v.array(usageSchema) }) },
};

export const usageRoutes = ({ auth, meter }: { auth: Auth; meter: Meter }) =>
  new Hono<ApiEnv>().get("/usage", auth.needs("admin", USAGE), (c) => {
    readQuery(c, NO_PARAMETERS);
    const rows = [...meter.list()].sort((a, b) => b.lastUsed - a.lastUsed);
    return json<{ usage: UsageShape[] }>(c, {
      usage: rows.map(({ kind, id, name, since, lastUsed, requests, refused, bytesOut }) => ({
        kind: kind as UsageShape["kind"],
        id,
        name,
        since: microsToRfc3339(since),
        last_used: microsToRfc3339(lastUsed),
        requests,
        refused,
        bytes_out: bytesOut,
      })),
    });
  });
