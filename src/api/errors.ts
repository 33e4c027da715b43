import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";
import { Failure } from "../domain/failure.ts";
import type { Shape } from "../history/shapes.ts";
import type { Log } from "../platform/told/log.ts";
import type { ApiEnv } from "./env.ts";

/** The only place with HTTP numbers: what each stable code is on the wire (docs/api.md, "Problems"). */
const PROBLEMS = {
  invalid_request: { status: 400, title: "The request is not valid" },
  token_in_query: { status: 400, title: "A token does not belong in an address" },
  unauthorized: { status: 401, title: "Who is asking?" },
  forbidden: { status: 403, title: "This needs a wider scope" },
  origin_refused: { status: 403, title: "The page that asks is not ours" },
  ingress_only: { status: 403, title: "This port is for Home Assistant" },
  not_found: { status: 404, title: "There is nothing here" },
  unknown_entity: { status: 404, title: "No such entity" },
  method_not_allowed: { status: 405, title: "The method does not fit" },
  action_unavailable: { status: 409, title: "This cannot be done now" },
  no_rate: { status: 409, title: "No price or carbon intensity is known" },
  no_window: { status: 409, title: "There is no such time" },
  no_meters: { status: 409, title: "The home's meters are not known" },
  ambiguous_team: { status: 409, title: "More than one team has this name" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unreadable_file: { status: 422, title: "The file cannot be read" },
  address_too_long: { status: 431, title: "The address or the headers are too long" },
  clock_untrusted: { status: 409, title: "It is not certain what time it is" },
  limit_reached: { status: 409, title: "There is no room for more" },
  too_many_requests: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "The hub failed" },
  // Not 502: that is what ingress and proxies say when the hub itself does not answer.
  source_failed: { status: 424, title: "A source does not answer" },
  busy: { status: 503, title: "The hub has its hands full" },
  not_ready: { status: 503, title: "The hub is not ready" },
  store_unavailable: { status: 503, title: "The store does not answer" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];
export const PROBLEM_STATUS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]),
);

export const PROBLEM_TITLE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PROBLEMS).map(([code, { title }]) => [code, title]),
);

const inputError = v.object({
  path: v.pipe(v.string(), v.description("The parameter or key, such as entities[2].")),
  message: v.string(),
});
export type InputError = Shape<typeof inputError>;

export const problemSchema = v.pipe(
  v.object({
    type: v.literal("about:blank"),
    title: v.string(),
    status: v.pipe(v.number(), v.integer()),
    detail: v.string(),
    code: v.pipe(v.picklist(PROBLEM_CODES), v.description("Stable; what programs look at.")),
    fix: v.exactOptional(v.pipe(v.string(), v.description("How to mend it."))),
    request_id: v.string(),
    errors: v.exactOptional(v.array(inputError)),
  }),
  v.title("Problem"),
  v.description("RFC 9457."),
);
export type Problem = Shape<typeof problemSchema>;

type Extras = { readonly errors?: readonly InputError[]; readonly headers?: Readonly<Record<string, string>> };
export type Refusal = Failure & Extras;

export const refuse = (code: ProblemCode, detail: string, more: { fix?: string } & Extras = {}): Refusal => {
  const { fix, ...extras } = more;
  return Object.assign(new Failure(code, detail, fix === undefined ? {} : { fix }), extras);
};

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** What a caller may see of an error: a Failure's own words, of anything else nothing. */
export function describeProblem(error: unknown, requestId: string): Problem {
  const known = fromHono(error) ?? error;
  if (known instanceof Failure && isProblemCode(known.code)) {
    const { errors } = known as Refusal;
    return {
      type: "about:blank",
      ...PROBLEMS[known.code],
      detail: known.message,
      code: known.code,
      ...(known.fix === undefined ? {} : { fix: known.fix }),
      request_id: requestId,
      ...(errors === undefined ? {} : { errors }),
    };
  }
  return {
    type: "about:blank",
    ...PROBLEMS.internal,
    detail: "Something went wrong inside the hub. Its log says more under this request's id.",
    code: "internal",
    request_id: requestId,
  };
}

function fromHono(error: unknown): Failure | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === PROBLEMS.payload_too_large.status) return refuse("payload_too_large", "The body is too large");
  return error.status < PROBLEMS.internal.status ? refuse("invalid_request", "The request cannot be read") : undefined;
}

function answer(c: Context<ApiEnv>, error: unknown): Response {
  const problem = describeProblem(error, c.get("requestId"));
  c.header("cache-control", "no-store");
  for (const [name, value] of Object.entries((error as Refusal)?.headers ?? {})) c.header(name, value);
  if (problem.code === "unauthorized") c.header("www-authenticate", 'Bearer realm="ha-ingestor"');
  return c.body(JSON.stringify(problem), problem.status as 400, { "content-type": "application/problem+json" });
}

export const createErrorHandler =
  (log: Log): ErrorHandler<ApiEnv> =>
  (error, c) => {
    const response = answer(c, error);
    // The path without its query: what a caller puts there by mistake may be a secret.
    if (response.status >= PROBLEMS.internal.status && !(error instanceof Failure && isProblemCode(error.code)))
      log.error("A request failed", { method: c.req.method, path: c.req.path, request: c.get("requestId"), error });
    return response;
  };

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Says 405 with `Allow` where the address exists under another method. */
export const createNotFoundHandler =
  (allowedAt: (method: string, path: string) => boolean): NotFoundHandler<ApiEnv> =>
  (c) => {
    const allowed = METHODS.filter((method) => allowedAt(method, c.req.path));
    if (allowed.length === 0) return answer(c, refuse("not_found", `Nothing answers at ${c.req.path}`));
    if (allowed.includes("GET")) allowed.push("HEAD");
    const detail = `${c.req.method} does not fit ${c.req.path}, which takes ${allowed.join(", ")}`;
    return answer(c, refuse("method_not_allowed", detail, { headers: { allow: allowed.join(", ") } }));
  };
