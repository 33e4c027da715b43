import { Hono } from "hono";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Facts, Published as Port } from "../../ports/ports.ts";
import { json } from "../../shapes/answers.ts";
import { type Published, publishedSchema, publishedShape } from "../../shapes/published.ts";

const PUBLISHED: RouteDescription = {
  id: "list_published",
  tag: "Now",
  summary: "What the integration shows in Home Assistant",
  query: NO_PARAMETERS,
  answer: { json: publishedSchema },
};

/** What the integration shows in Home Assistant; it listens to the live topic `published` for the changes. */
export const publishedRoutes = (needs: { auth: Auth; facts: Facts; published: Port }) =>
  new Hono<ApiEnv>().get("/published", needs.auth.needs("read", PUBLISHED), (c) => {
    readQuery(c, NO_PARAMETERS);
    return json<Published>(c, publishedShape(needs));
  });
