import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Log } from "../../platform/told/log.ts";
import type { ApiEnv } from "../env.ts";
import { createErrorHandler, createNotFoundHandler } from "../errors.ts";
import { commonHeaders } from "../shapes/answers.ts";

/** An app without routes: request ids, the headers of every answer, problems for what fails or is not there. */
export function createBareApp({ log }: { log: Log }): Hono<ApiEnv> {
  const requestId = createRequestIds();
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    c.set("requestId", requestId(c.req.header("x-request-id")));
    await next();
    if (c.get("headersComplete")) return;
    // Not by c.header(): that would make the answer anew.
    for (const [name, value] of Object.entries(commonHeaders(c))) c.res.headers.set(name, value);
  });
  app.onError(createErrorHandler(log));
  app.notFound(createNotFoundHandler((method, path) => routeTakes(app, method, path)));
  return app;
}

/** Whether a route of its own (not only middleware) answers the method at the path. */
const routeTakes = (app: Hono<ApiEnv>, method: string, path: string): boolean =>
  app.router.match(method, path)[0].some(([[, route]]) => route.method === method);

/** A caller's own id is kept where it is harmless; else one that no other request of this run has. */
function createRequestIds(): (given: string | undefined) => string {
  const run = randomBytes(4).toString("hex");
  let count = 0;
  return (given) => (given && /^[\w-]{1,64}$/.test(given) ? given : `${run}-${(++count).toString(36)}`);
}
