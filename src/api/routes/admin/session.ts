import { Hono } from "hono";
import * as v from "valibot";
import { SCOPES } from "../../../domain/scope.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import { type Auth, type Credentials, sessionCookie } from "../../auth/auth.ts";
import { CALLER_KINDS, type Caller } from "../../auth/caller.ts";
import { type ApiEnv, addressOf } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import type { LiveStreams } from "../../live/streams.ts";
import { open, type RouteDescription } from "../../openapi/describe.ts";
import { json, type Shape, timeSchema } from "../../shapes/answers.ts";

const exchange = v.strictObject({ code: text });

/** How long the browser keeps the cookie; the hub's own record ends the session. */
const COOKIE_SECONDS = 30 * 86_400;

const REFUSED = {
  unknown: "This setup code is not known here",
  used: "This setup code has let a browser in already, and each does so once",
  expired: "This setup code is too old",
} as const;

const meSchema = v.pipe(
  v.object({ kind: v.picklist(CALLER_KINDS), name: v.string(), scope: v.picklist(SCOPES) }),
  v.title("Me"),
);
export type Me = Shape<typeof meSchema>;
const startedSession = v.pipe(v.object({ scope: v.picklist(SCOPES), expires: timeSchema }), v.title("StartedSession"));
export type StartedSession = Shape<typeof startedSession>;

const START: RouteDescription = {
  id: "start_session",
  tag: "Access",
  summary: "Exchanges a setup code for a browser's cookie, once",
  query: NO_PARAMETERS,
  body: exchange,
  answer: { json: startedSession },
  problems: ["unauthorized", "payload_too_large"],
};
const ME: RouteDescription = {
  id: "get_session",
  tag: "Access",
  summary: "Who one is",
  query: NO_PARAMETERS,
  answer: { json: meSchema },
};
const END: RouteDescription = {
  id: "end_session",
  tag: "Access",
  summary: "Ends a browser's session",
  query: NO_PARAMETERS,
  answer: { status: 204, description: "It is over." },
};

export const sessionRoutes = (needs: { auth: Auth; credentials: Credentials; streams: LiveStreams }) => {
  const { auth, streams } = needs;
  const { sessions, setupCodes } = needs.credentials;
  return new Hono<ApiEnv>()
    .post("/session", open(START), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { code } = await readBody(c, exchange);
      const redeemed = setupCodes.redeem(code);
      if (redeemed.kind === "refused")
        throw auth.wrong(
          addressOf(c.env),
          REFUSED[redeemed.reason],
          "Start the hub again and open the new address that it prints, or use a token.",
        );
      const { session, secret } = sessions.start("a browser", redeemed.scope);
      sessionCookie.write(c, secret, COOKIE_SECONDS);
      c.header("cache-control", "no-store");
      return c.json({ scope: session.scope, expires: microsToRfc3339(session.expires) } satisfies StartedSession);
    })
    .get("/session", auth.needs("read", ME), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { kind, name, scope } = c.get("caller") as Caller;
      return json<Me>(c, { kind, name, scope });
    })
    .delete("/session", auth.needs("read", END), (c) => {
      readQuery(c, NO_PARAMETERS);
      const secret = sessionCookie.read(c);
      if (c.get("caller")?.kind !== "session" || secret === undefined)
        throw refuse("invalid_request", "There is no session here to end; a token is ended at api/v1/tokens");
      sessions.end(secret);
      streams.recheck();
      sessionCookie.clear(c);
      return c.body(null, 204);
    });
};
