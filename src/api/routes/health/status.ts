import { Hono } from "hono";
import type { PartState } from "../../../domain/status.ts";
import { microsToRfc3339 } from "../../../domain/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { Figures, Parts } from "../../ports/ports.ts";
import { json, type PartShape, partShape, type Time } from "../../shapes/answers.ts";

/** From best to worst; a part that is off troubles nobody. */
const STATES = ["ok", "starting", "degraded", "broken"] as const;
type OverallState = (typeof STATES)[number];

export type Status = {
  readonly state: OverallState;
  readonly parts: readonly PartShape[];
  readonly rates: { readonly changes_per_second: number; readonly events_per_second: number };
  readonly totals: ReturnType<Figures>["totals"];
  readonly recorded_since: Time | null;
  readonly last_change: Time | null;
};

export const statusRoutes = (needs: { auth: Auth; parts: Parts; figures: Figures }) => {
  const { auth, parts, figures } = needs;
  return new Hono<ApiEnv>().get("/status", auth.needs("read"), (c) => {
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
