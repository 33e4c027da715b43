import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Database } from "../../database/open.ts";
import { type Scope, scopeAllows } from "../../domain/scope.ts";
import { type ApiEnv, addressOf } from "../env.ts";
import { type Refusal, refuse } from "../errors.ts";
import type { Meter } from "../limits/meter.ts";
import { describe, type RouteDescription } from "../openapi/describe.ts";
import type { Caller } from "./caller.ts";
import type { Limiter } from "./limiter.ts";

/** Of app.db; what a request checks is answered from memory. */
export type Credentials = Pick<Database, "tokens" | "sessions" | "setupCodes">;

export type Auth = {
  /** Every route but the open ones names its scope with this, where it is declared, and what the document says of it. */
  needs(scope: Scope, description: RouteDescription): MiddlewareHandler<ApiEnv>;
  /** Who calls, by header or cookie; undefined: a stranger. A wrong token is refused here. */
  identify(c: Context<ApiEnv>): Caller | undefined;
  /** The caller that a token belongs to; throws where there is none. */
  callerOfToken(secret: string, address: string): Caller;
  /** What to throw for wrong credentials from an address. */
  wrong(address: string, detail: string, fix?: string): Refusal;
};

/** Whoever can open the socket file in the data folder could read app.db as well. */
const LOCAL: Caller = { kind: "socket", id: "local", name: "this machine", scope: "admin", stillValid: () => true };

const COOKIE = "ha_ingestor_session";
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const TOKEN_PARAMETERS = ["token", "access_token", "api_key", "authorization"];

export function createAuth(needs: { credentials: Credentials; limiter: Limiter; meter: Meter }): Auth {
  const { credentials, limiter, meter } = needs;
  const { tokens, sessions } = credentials;

  const wrong: Auth["wrong"] = (address, detail, fix) => {
    const wait = limiter.fail(address);
    if (wait === undefined) return refuse("unauthorized", detail, fix === undefined ? {} : { fix });
    return refuse("too_many_requests", `Too many wrong attempts; try again in ${wait} s`, {
      headers: { "retry-after": String(wait) },
    });
  };

  const callerOfToken: Auth["callerOfToken"] = (secret, address) => {
    const token = tokens.check(secret);
    if (!token) throw wrong(address, "This token is not known here", "Make one in the panel, under Access.");
    const stillValid = () => tokens.check(secret) !== undefined;
    return { kind: "token", id: token.id, name: token.name, scope: token.scope, stillValid };
  };

  const callerOfCookie = (c: Context<ApiEnv>): Caller | undefined => {
    const cookie = getCookie(c, COOKIE);
    const session = cookie === undefined ? undefined : sessions.check(cookie);
    if (cookie === undefined || !session) return undefined;
    if (!SAFE_METHODS.has(c.req.method) || isUpgrade(c)) refuseForeignOrigin(c);
    const { id, name, scope } = session;
    return { kind: "session", id, name, scope, stillValid: () => sessions.check(cookie) !== undefined };
  };

  /** A token or cookie that came through ingress counts for nothing: the Supervisor has said who this is. */
  const callerOfIngress = (c: Context<ApiEnv>, caller: Caller | undefined): Caller | undefined => {
    if (caller && (!SAFE_METHODS.has(c.req.method) || isUpgrade(c)))
      refuseForeignOrigin(c, c.req.header("x-forwarded-host")?.split(",")[0]?.trim());
    return caller;
  };

  const identify: Auth["identify"] = (c) => {
    if (c.env?.local) return LOCAL;
    if (c.env?.ingress) return callerOfIngress(c, c.env.ingress.caller);
    const header = c.req.header("authorization");
    if (header === undefined) return callerOfCookie(c);
    const secret = /^bearer +(\S+)$/i.exec(header)?.[1];
    if (secret === undefined) throw wrong(addressOf(c.env), "The Authorization header is not of the form: Bearer hi_…");
    return callerOfToken(secret, addressOf(c.env));
  };

  return {
    wrong,
    callerOfToken,
    identify,
    needs: (scope, description) => {
      const admit: MiddlewareHandler<ApiEnv> = async (c, next) => {
        const caller = identify(c);
        if (!caller)
          throw refuse("unauthorized", "This needs a token or a session", {
            fix: "Send the header Authorization: Bearer hi_…, or open the panel with a setup code.",
          });
        if (!scopeAllows(caller.scope, scope)) meter.refused(caller);
        requireScope(caller, scope);
        c.set("caller", caller);
        const limits = meter.admit(caller, c.req.method, description.limit, c.env?.incoming?.socket);
        if (limits) c.set("limits", limits);
        await next();
      };
      return describe(admit, { scope, description });
    },
  };
}

export function requireScope(caller: Caller, scope: Scope): void {
  if (scopeAllows(caller.scope, scope)) return;
  const fix = caller.whyNotMore === undefined ? {} : { fix: `${caller.whyNotMore}.` };
  throw refuse("forbidden", `This needs the scope ${scope}; “${caller.name}” has ${caller.scope}`, fix);
}

export const isUpgrade = (c: Context<ApiEnv>): boolean => c.req.header("upgrade")?.toLowerCase() === "websocket";

export const refuseTokenInQuery: MiddlewareHandler<ApiEnv> = (c, next) => {
  const start = c.req.url.indexOf("?");
  if (start < 0) return next();
  for (const [name, value] of new URLSearchParams(c.req.url.slice(start + 1)))
    if (TOKEN_PARAMETERS.includes(name.toLowerCase()) || /^hi_[\w-]{16}/.test(value))
      throw refuse("token_in_query", "Addresses end up in logs and histories, so a token in one is never accepted", {
        fix: "Send it in the header Authorization: Bearer hi_…, and replace this token: it may have been seen.",
      });
  return next();
};

/** A browser sends its cookies for other pages' requests too, so the page must be ours. */
function refuseForeignOrigin(c: Context<ApiEnv>, forwardedHost?: string): void {
  const origin = c.req.header("origin");
  const host = forwardedHost || (c.req.header("host") ?? new URL(c.req.url).host);
  if (origin !== undefined && URL.parse(origin)?.host === host.toLowerCase()) return;
  throw refuse("origin_refused", `The Origin ${origin ?? "(none)"} is not the host ${host} that was asked`, {
    fix: "Use the panel at the hub's own address; behind a proxy, let it pass the Host header on. Programs use a token.",
  });
}

export const sessionCookie = {
  read: (c: Context<ApiEnv>): string | undefined => getCookie(c, COOKIE),
  write: (c: Context<ApiEnv>, secret: string, maxAgeSeconds: number): void => {
    // No path: the browser takes the folder of this answer (…/api/v1), which is right under any prefix.
    const secure = new URL(c.req.url).protocol === "https:";
    setCookie(c, COOKIE, secret, { httpOnly: true, sameSite: "Strict", secure, path: "", maxAge: maxAgeSeconds });
  },
  clear: (c: Context<ApiEnv>): void => {
    deleteCookie(c, COOKIE, { path: "" });
  },
};
