import type { Scope } from "../../domain/scope.ts";

export const CALLER_KINDS = ["token", "session", "socket", "ingress"] as const;

export type Caller = {
  readonly kind: (typeof CALLER_KINDS)[number];
  /** One of its kind: a token's id, a session's, a user's. */
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  /** Why this caller has no wider scope, where there is more to say. */
  readonly whyNotMore?: string;
  /** False once the token was removed or the session is over: a stream that outlives them ends. */
  stillValid(): boolean;
};
