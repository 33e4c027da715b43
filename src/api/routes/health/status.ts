import { Hono } from "hono";
import * as v from "valibot";
import type { PartState } from "../../../domain/status.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Figures, Parts } from "../../ports/ports.ts";
import { countSchema, json, partSchema, partShape, type Shape, timeSchema } from "../../shapes/answers.ts";

/** From best to worst; a part that is off troubles nobody. */
const STATES = ["ok", "starting", "degraded", "broken"] as const;
type OverallState = (typeof STATES)[number];

const statusSchema = v.pipe(
  v.object({
    state: v.pipe(v.picklist(STATES), v.description("The worst of the parts; one that is off does not count.")),
    parts: v.array(partSchema),
    rates: v.object({ changes_per_second: v.number(), events_per_second: v.number() }),
    totals: v.object({
      changes: countSchema,
      events: countSchema,
      gaps: countSchema,
      series: countSchema,
      bytes: countSchema,
    }),
    recorded_since: v.nullable(timeSchema),
    last_change: v.nullable(timeSchema),
  }),
  v.title("Status"),
);
export type Status = Shape<typeof statusSchema>;

const STATUS: RouteDescription = {
  id: "get_status",
  tag: "Health",
  summary: "How each part of the hub is doing, why, and how to mend it",
  query: NO_PARAMETERS,
  answer: { json: statusSchema },
};

export const statusRoutes = (needs: { auth: Auth; parts: Parts; figures: Figures }) => {
  const { auth, parts, figures } = needs;
  return new Hono<ApiEnv>().get("/status", auth.needs("read", STATUS), (c) => {
    readQuery(c, NO_PARAMETERS);
    const all = parts();
    const { totals, ...now } = figures();
    return json<Status>(c, {
      state: worstOf(all.map((part) => part.state)),
      parts: all.map(partShape),
      rates: { changes_per_second: now.changesPerSecond, events_per_second: now.eventsPerSecond },
      totals,
      recorded_since: now.recordedSince === null ? null : microsToRfc3339(now.recordedSince),
      last_change: now.lastChange === null ? null : microsToRfc3339(now.lastChange),
    });
  });
};

const worstOf = (states: readonly PartState[]): OverallState =>
  STATES[Math.max(0, ...states.map((state) => (STATES as readonly string[]).indexOf(state)))] ?? "ok";
