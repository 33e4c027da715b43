import { Hono } from "hono";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import type { Readiness } from "../../ports.ts";
import { json } from "../../shapes/answers.ts";

export const healthRoutes = (needs: { readiness: Readiness }) =>
  new Hono<ApiEnv>()
    .get("/health", () => json({ status: "alive" as const }))
    .get("/ready", () => {
      const now = needs.readiness();
      if (!now.ready) throw refuse("not_ready", now.why);
      return json({ ready: true as const });
    });
