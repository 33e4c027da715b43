import { Hono } from "hono";
import * as v from "valibot";
import type { Token } from "../../../database/access/tokens.ts";
import { SCOPES } from "../../../domain/scope.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth, Credentials } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import type { LiveStreams } from "../../live/streams.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json, type Shape, timeSchema } from "../../shapes/answers.ts";

const wanted = v.strictObject({
  name: v.pipe(text, v.trim(), v.minLength(1, "is empty"), v.maxLength(100, "is longer than 100 characters")),
  scope: v.picklist(SCOPES, `is none of ${SCOPES.join(", ")}`),
});

const tokenSchema = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    scope: v.picklist(SCOPES),
    created: timeSchema,
    last_used: v.nullable(timeSchema),
  }),
  v.title("Token"),
);
export type TokenShape = Shape<typeof tokenSchema>;
const newTokenSchema = v.pipe(
  v.object({ ...tokenSchema.entries, token: v.pipe(v.string(), v.description("The secret, told this once.")) }),
  v.title("NewToken"),
);

const LIST: RouteDescription = {
  id: "list_tokens",
  tag: "Access",
  summary: "Every token, without its secret",
  query: NO_PARAMETERS,
  answer: { json: v.object({ tokens: v.array(tokenSchema) }) },
};
const CREATE: RouteDescription = {
  id: "create_token",
  tag: "Access",
  summary: "Makes a token and tells its secret, this once",
  query: NO_PARAMETERS,
  body: wanted,
  answer: { status: 201, json: newTokenSchema },
  problems: ["payload_too_large"],
};
const REMOVE: RouteDescription = {
  id: "delete_token",
  tag: "Access",
  summary: "Removes a token; what it holds open ends",
  path: { id: "The token's id." },
  query: NO_PARAMETERS,
  answer: { status: 204, description: "It is gone." },
  problems: ["not_found"],
};

const tokenShape = (token: Token): TokenShape => ({
  id: token.id,
  name: token.name,
  scope: token.scope,
  created: microsToRfc3339(token.created),
  last_used: token.lastUsed === null ? null : microsToRfc3339(token.lastUsed),
});

export const tokensRoutes = (needs: { auth: Auth; credentials: Credentials; streams: LiveStreams }) => {
  const { auth, streams } = needs;
  const { tokens } = needs.credentials;
  return new Hono<ApiEnv>()
    .get("/tokens", auth.needs("admin", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<{ tokens: TokenShape[] }>(c, { tokens: tokens.list().map(tokenShape) });
    })
    .post("/tokens", auth.needs("admin", CREATE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { name, scope } = await readBody(c, wanted);
      const { token, secret } = tokens.create(name, scope);
      c.header("cache-control", "no-store");
      return c.json({ ...tokenShape(token), token: secret }, 201);
    })
    .delete("/tokens/:id", auth.needs("admin", REMOVE), (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      if (!tokens.remove(id)) throw refuse("not_found", `There is no token with the id ${id}`);
      streams.recheck();
      return c.body(null, 204);
    });
};
