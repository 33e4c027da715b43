import { Hono } from "hono";
import type { History } from "../../../history/history.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { checkWindow, eventsParameters } from "../../input/range.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, positionInPath } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { type EventShape, type EventsAnswer, eventSchema, eventsSchema, jsonBytes } from "../../shapes/answers.ts";

const LIST: RouteDescription = {
  id: "list_events",
  tag: "History",
  summary: "Home Assistant's events of a window, state changes aside",
  query: eventsParameters,
  answer: { json: eventsSchema },
  problems: ["store_unavailable"],
};
const ONE: RouteDescription = {
  id: "get_event",
  tag: "History",
  summary: "One event, by its id",
  path: { id: positionInPath },
  query: NO_PARAMETERS,
  answer: { json: eventSchema },
  problems: ["not_found", "store_unavailable"],
};

export const eventsRoutes = (needs: { auth: Auth; history: History; clock: Clock }) => {
  const { auth, history, clock } = needs;
  return new Hono<ApiEnv>()
    .get("/events", auth.needs("read", LIST), async (c) => {
      const { type: types, ...asked } = readQuery(c, eventsParameters);
      checkWindow(asked, clock.now());
      return jsonBytes<EventsAnswer>(c, await history.events({ ...asked, types }, c.req.raw.signal));
    })
    .get("/events/:id", auth.needs("read", ONE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      const found = /^\d{1,15}$/.test(id) ? await history.event(Number(id), c.req.raw.signal) : undefined;
      if (!found) throw refuse("not_found", `There is no event ${id}`);
      return jsonBytes<EventShape>(c, found);
    });
};
