import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { LiveBus } from "../live/topics.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { type Credentials, createAuth, refuseTokenInQuery } from "./auth/auth.ts";
import { createLimiter } from "./auth/limiter.ts";
import type { ApiEnv } from "./env.ts";
import { createErrorHandler, createNotFoundHandler, refuse } from "./errors.ts";
import { createLiveStreams } from "./live/streams.ts";
import type { CurrentPosition, Facts, Parts, Readiness, SeriesBook, States } from "./ports.ts";
import { healthRoutes } from "./routes/health/health.ts";
import { liveRoutes } from "./routes/now/live.ts";
import { statesRoutes } from "./routes/now/states.ts";
import { createEncoder } from "./shapes/state.ts";

const MOST_BODY_BYTES = 1024 * 1024;

export type ApiNeeds = {
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: Facts;
  readonly credentials: Credentials;
  readonly readiness: Readiness;
  readonly parts: Parts;
  readonly states: States;
  readonly series: SeriesBook;
  readonly position: CurrentPosition;
  readonly bus: LiveBus;
};

/** The HTTP API of docs/api.md; `streams` are the live ones, closed before the server is. */
export function createApi(given: ApiNeeds) {
  const auth = createAuth({ credentials: given.credentials, limiter: createLimiter(given) });
  const encoder = createEncoder();
  const streams = createLiveStreams({ ...given, auth, encoder });
  const requestId = createRequestIds();

  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    c.set("requestId", requestId(c.req.header("x-request-id")));
    await next();
    c.header("x-request-id", c.var.requestId);
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
  });
  app.use(refuseTokenInQuery);
  app.use(
    bodyLimit({
      maxSize: MOST_BODY_BYTES,
      onError: () => {
        throw refuse("payload_too_large", `The body is larger than ${MOST_BODY_BYTES / 1024 / 1024} MB`);
      },
    }),
  );

  const routes = app
    .route("/", healthRoutes(given))
    .route("/api/v1", statesRoutes({ ...given, auth, encoder }))
    .route("/api/v1", liveRoutes({ auth, streams }));

  app.onError(createErrorHandler(given.log));
  app.notFound(createNotFoundHandler((method, path) => routeTakes(app, method, path)));
  return { app: routes, streams };
}

export type Api = ReturnType<typeof createApi>["app"];

/** Whether a route of its own (not only middleware) answers the method at the path. */
const routeTakes = (app: Hono<ApiEnv>, method: string, path: string): boolean =>
  app.router.match(method, path)[0].some(([[, route]]) => route.method === method);

/** A caller's own id is kept where it is harmless; else one that no other request of this run has. */
function createRequestIds(): (given: string | undefined) => string {
  const run = randomBytes(4).toString("hex");
  let count = 0;
  return (given) => (given && /^[\w-]{1,64}$/.test(given) ? given : `${run}-${(++count).toString(36)}`);
}
