import { Hono } from "hono";
import type { History } from "../../../history/history.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { checkWindow, eventsParameters } from "../../input/range.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import { type EventShape, type EventsAnswer, jsonBytes } from "../../shapes/answers.ts";

export const eventsRoutes = (needs: { auth: Auth; history: History; clock: Clock }) => {
  const { auth, history, clock } = needs;
  return new Hono<ApiEnv>()
    .get("/events", auth.needs("read"), async (c) => {
      const { type: types, ...asked } = readQuery(c, eventsParameters);
      checkWindow(asked, clock.now());
      return jsonBytes<EventsAnswer>(c, await history.events({ ...asked, types }, c.req.raw.signal));
    })
    .get("/events/:id", auth.needs("read"), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      const found = /^\d{1,15}$/.test(id) ? await history.event(Number(id), c.req.raw.signal) : undefined;
      if (!found) throw refuse("not_found", `There is no event ${id}`);
      return jsonBytes<EventShape>(c, found);
    });
};
