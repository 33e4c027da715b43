import { Hono } from "hono";
import * as v from "valibot";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { open, type RouteDescription } from "../../openapi/describe.ts";
import type { Readiness } from "../../ports/ports.ts";
import { json } from "../../shapes/answers.ts";

const HEALTH: RouteDescription = {
  id: "get_health",
  tag: "Health",
  summary: "Whether the process answers; nothing more",
  answer: { json: v.object({ status: v.literal("alive") }) },
};
const READY: RouteDescription = {
  id: "get_ready",
  tag: "Health",
  summary: "Whether the store is open and questions can be answered",
  answer: { json: v.object({ ready: v.literal(true) }) },
  problems: ["not_ready"],
};

export const healthRoutes = (needs: { readiness: Readiness }) =>
  new Hono<ApiEnv>()
    .get("/health", open(HEALTH), (c) => json(c, { status: "alive" as const }))
    .get("/ready", open(READY), (c) => {
      const now = needs.readiness();
      if (!now.ready) throw refuse("not_ready", now.why);
      return json(c, { ready: true as const });
    });
