import type { Scope } from "../../domain/scope.ts";

export type Caller = {
  readonly kind: "token" | "session" | "socket";
  readonly name: string;
  readonly scope: Scope;
  /** False once the token was removed or the session is over: a stream that outlives them ends. */
  stillValid(): boolean;
};
