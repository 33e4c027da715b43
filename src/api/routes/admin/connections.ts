import { Hono } from "hono";
import * as v from "valibot";
import { type ConnectionStatus, SERVICE_ACTIONS, type ServiceAction } from "../../../domain/status.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Connections, Parts, Services } from "../../ports/ports.ts";
import {
  countSchema,
  json,
  type PartShape,
  partSchema,
  partShape,
  type Shape,
  timeSchema,
} from "../../shapes/answers.ts";

const connectionSchema = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    url: v.string(),
    active: v.pipe(v.boolean(), v.description("True: what it brings is recorded.")),
    breaker: v.pipe(
      v.picklist(["closed", "open", "half_open"]),
      v.description("open: it failed and rests until next_attempt; half_open: it is being tried again."),
    ),
    consecutive_failures: v.pipe(countSchema, v.description("Since the last success.")),
    paused: v.boolean(),
    connected_since: v.exactOptional(timeSchema),
    last_connected: v.exactOptional(timeSchema),
    last_failure: v.exactOptional(
      v.object({ time: timeSchema, code: v.string(), why: v.string(), fix: v.exactOptional(v.string()) }),
    ),
    next_attempt: v.exactOptional(timeSchema),
    attempts: countSchema,
    connects: v.pipe(countSchema, v.description("Attempts whose token was accepted.")),
    failures: v.pipe(countSchema, v.description("Attempts that failed and connections that broke.")),
  }),
  v.title("Connection"),
  v.description("One way to Home Assistant, and how it has done since the hub started."),
);
export type ConnectionShape = Shape<typeof connectionSchema>;

const connectionsSchema = v.pipe(
  v.object({
    paused: v.pipe(v.boolean(), v.description("True: somebody paused the link as a whole.")),
    connections: v.array(connectionSchema),
  }),
  v.title("Connections"),
);
export type ConnectionsAnswer = Shape<typeof connectionsSchema>;

const ACTION = v.pipe(v.picklist(SERVICE_ACTIONS), v.description("What to do."));
const LIST: RouteDescription = {
  id: "list_connections",
  tag: "Operation",
  summary: "The ways to Home Assistant, in the order of preference",
  query: NO_PARAMETERS,
  answer: { json: connectionsSchema },
};
const ACT_ON_CONNECTION: RouteDescription = {
  id: "act_on_connection",
  tag: "Operation",
  summary: "Pauses, resumes or restarts one connection",
  description: "A restart of one that is not active tries it now; a refused token once a minute at most.",
  path: { id: "The connection's id.", action: ACTION },
  query: NO_PARAMETERS,
  answer: { json: connectionSchema },
  problems: ["not_found", "action_unavailable"],
};
const ACT_ON_SERVICE: RouteDescription = {
  id: "act_on_service",
  tag: "Operation",
  summary: "Pauses, resumes or restarts a part of the hub that names its actions in the status",
  path: { part: "The part's name, such as home_assistant: the link as a whole.", action: ACTION },
  query: NO_PARAMETERS,
  answer: { json: partSchema },
  problems: ["not_found", "action_unavailable"],
};

/** What may be done to the link as a whole stands with the other services: `services/home_assistant/…`. */
export const connectionsRoutes = (needs: {
  auth: Auth;
  connections: Connections;
  services: Services;
  parts: Parts;
}) => {
  const { auth, connections, services, parts } = needs;
  return new Hono<ApiEnv>()
    .get("/connections", auth.needs("read", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { paused, connections: all } = connections.list();
      return json<ConnectionsAnswer>(c, { paused, connections: all.map(connectionShape) });
    })
    .post("/connections/:id/:action", auth.needs("admin", ACT_ON_CONNECTION), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { id, action } = c.req.param();
      const now = connections.act(id, actionNamed(action));
      if (!now) throw refuse("not_found", `There is no connection with the id ${id}`);
      return json<ConnectionShape>(c, connectionShape(now));
    })
    .post("/services/:part/:action", auth.needs("admin", ACT_ON_SERVICE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { part, action } = c.req.param();
      const wanted = actionNamed(action);
      const status = () => parts().find((one) => one.part === part);
      if (!status()) throw refuse("not_found", `There is no part named ${part}`);
      const act = Object.hasOwn(services, part) ? services[part] : undefined;
      if (!act)
        throw refuse("action_unavailable", `${part} can be neither paused nor restarted`, {
          fix: "api/v1/status names the actions of each part that has any.",
        });
      await act(wanted);
      return json<PartShape>(c, partShape(status() as NonNullable<ReturnType<typeof status>>));
    });
};

function actionNamed(text: string): ServiceAction {
  const action = SERVICE_ACTIONS.find((one) => one === text);
  if (!action) throw refuse("not_found", `There is no action ${text}; there are ${SERVICE_ACTIONS.join(", ")}`);
  return action;
}

const connectionShape = (status: ConnectionStatus): ConnectionShape => {
  const { consecutiveFailures, connectedSince, lastConnected, lastFailure, nextAttempt, ...same } = status;
  return {
    ...same,
    consecutive_failures: consecutiveFailures,
    ...(connectedSince === undefined ? {} : { connected_since: microsToRfc3339(connectedSince) }),
    ...(lastConnected === undefined ? {} : { last_connected: microsToRfc3339(lastConnected) }),
    ...(lastFailure ? { last_failure: { ...lastFailure, time: microsToRfc3339(lastFailure.time) } } : {}),
    ...(nextAttempt === undefined ? {} : { next_attempt: microsToRfc3339(nextAttempt) }),
  };
};
