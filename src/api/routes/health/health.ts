import { Hono } from "hono";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import type { Readiness } from "../../ports/ports.ts";
import { json } from "../../shapes/answers.ts";

export const healthRoutes = (needs: { readiness: Readiness }) =>
  new Hono<ApiEnv>()
    .get("/health", (c) => json(c, { status: "alive" as const }))
    .get("/ready", (c) => {
      const now = needs.readiness();
      if (!now.ready) throw refuse("not_ready", now.why);
      return json(c, { ready: true as const });
    });
