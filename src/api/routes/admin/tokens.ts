import { Hono } from "hono";
import * as v from "valibot";
import type { Token } from "../../../database/access/tokens.ts";
import { SCOPES, type Scope } from "../../../domain/scope.ts";
import { microsToRfc3339 } from "../../../domain/time.ts";
import type { Auth, Credentials } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import { json, type Time } from "../../shapes/answers.ts";

const wanted = v.strictObject({
  name: v.pipe(text, v.trim(), v.minLength(1, "is empty"), v.maxLength(100, "is longer than 100 characters")),
  scope: v.picklist(SCOPES, `is none of ${SCOPES.join(", ")}`),
});

export type TokenShape = {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly created: Time;
  readonly last_used: Time | null;
};

const tokenShape = (token: Token): TokenShape => ({
  id: token.id,
  name: token.name,
  scope: token.scope,
  created: microsToRfc3339(token.created),
  last_used: token.lastUsed === null ? null : microsToRfc3339(token.lastUsed),
});

export const tokensRoutes = ({ auth, credentials }: { auth: Auth; credentials: Credentials }) => {
  const { tokens } = credentials;
  return new Hono<ApiEnv>()
    .get("/tokens", auth.needs("admin"), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<{ tokens: TokenShape[] }>(c, { tokens: tokens.list().map(tokenShape) });
    })
    .post("/tokens", auth.needs("admin"), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { name, scope } = await readBody(c, wanted);
      const { token, secret } = tokens.create(name, scope);
      c.header("cache-control", "no-store");
      return c.json({ ...tokenShape(token), token: secret }, 201);
    })
    .delete("/tokens/:id", auth.needs("admin"), (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      if (!tokens.remove(id)) throw refuse("not_found", `There is no token with the id ${id}`);
      return c.body(null, 204);
    });
};
