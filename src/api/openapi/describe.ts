import type { MiddlewareHandler } from "hono";
import type * as v from "valibot";
import type { Scope } from "../../domain/scope.ts";
import type { ApiEnv } from "../env.ts";
import type { ProblemCode } from "../errors.ts";
import type { LimitName } from "../limits/policies.ts";

export const TAGS = {
  Health: "Is the hub alive, ready, and how is each part doing.",
  Now: "The present, answered from memory.",
  History: "What was recorded: readings, events, holes.",
  Live: "What happens, as it happens.",
  Outside: "The world outside, and what it means for the home: weather, prices, carbon, energy, calendars, sports.",
  Home: "Entities, devices, areas and integrations, as Home Assistant names them.",
  Access: "Who may call.",
  Operation: "What an administrator looks after.",
} as const;
export type Tag = keyof typeof TAGS;

/**
 * What the OpenAPI document says of a route, kept next to the route: the second argument of `auth.needs`, or of
 * `open`. `query` and `body` are the very schemas that the handler reads with; an answer's schema with a title becomes
 * a component. Problems that any route may answer (a stranger, a wrong parameter, a failure) need not be named.
 */
export type RouteDescription = {
  /** The operation's id, unique and stable: generated clients name their functions by it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** What each parameter in the path means; a schema where it is not just any text. */
  readonly path?: { readonly [name: string]: string | v.GenericSchema };
  readonly query?: QuerySchema;
  readonly body?: v.GenericSchema;
  /** The body is a file, as it is: what it holds. */
  readonly file?: string;
  /** Request headers that matter to the route, with what they mean. */
  readonly headers?: { readonly [name: string]: string };
  /** Which limit it counts against; absent: `now` where it only reads, else `write`. */
  readonly limit?: LimitName;
  readonly answer: RouteAnswer;
  readonly problems?: readonly ProblemCode[];
};

export type QuerySchema = v.GenericSchema & { readonly entries: { readonly [name: string]: v.GenericSchema } };

export type RouteAnswer =
  | { readonly status?: 200 | 201; readonly json: v.GenericSchema }
  /** An answer that is no JSON, by its media type, or by those that may be asked for. */
  | { readonly status?: 200; readonly media: string | readonly string[]; readonly description: string }
  | { readonly status: 101 | 204; readonly description: string };

/** scope null: whoever calls. */
export type Described = { readonly scope: Scope | null; readonly description: RouteDescription };

const described = new WeakMap<object, Described>();

/** Notes on a route's own middleware what the document says of it. */
export function describe(handler: MiddlewareHandler<ApiEnv>, what: Described): MiddlewareHandler<ApiEnv> {
  described.set(handler, what);
  return handler;
}

/** For the few routes that a stranger may call. */
export const open = (description: RouteDescription): MiddlewareHandler<ApiEnv> =>
  describe((_, next) => next(), { scope: null, description });

export const descriptionOf = (handler: object): Described | undefined => described.get(handler);
