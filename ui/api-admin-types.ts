import type { Home, Part, Time } from "./api-types.ts";

/** What administrators see and change, as docs/api.md has it. */

export const SCOPES = ["read", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];
export type Me = {
  readonly kind: "token" | "session" | "socket" | "ingress";
  readonly name: string;
  readonly scope: Scope;
};

export type Token = {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly created: Time;
  readonly last_used: Time | null;
};
/** `token` is the secret, told this once. */
export type NewToken = Token & { readonly token: string };

export type ServiceAction = "pause" | "resume" | "restart";

export type Connection = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly active: boolean;
  readonly breaker: "closed" | "open" | "half_open";
  readonly consecutive_failures: number;
  readonly paused: boolean;
  readonly connected_since?: Time;
  readonly last_connected?: Time;
  readonly last_failure?: { readonly time: Time; readonly code: string; readonly why: string; readonly fix?: string };
  readonly next_attempt?: Time;
  readonly attempts: number;
  readonly connects: number;
  readonly failures: number;
};
/** `paused`: the link as a whole. */
export type Connections = { readonly paused: boolean; readonly connections: readonly Connection[] };

export type RecorderLook = {
  readonly state: "not_asked" | "asked" | "failed";
  readonly asked?: Time;
  readonly moment?: Time;
  readonly looked_at?: number;
  readonly too_new?: number;
  readonly unrecorded: readonly string[];
  readonly why?: string;
  readonly fix?: string;
};
export type Setup = {
  readonly finished: Time | null;
  readonly connection: Part | null;
  /** Absent where the hub does not install it. */
  readonly integration?: Part;
  readonly home: Home | null;
  readonly recorder: RecorderLook;
};
export type Exclusions = {
  readonly exclusions: readonly { readonly pattern: string; readonly since: Time; readonly entities: number }[];
  readonly entities: readonly string[];
};

/** What a caller has used; `id` of a token as in the list of tokens. */
export type Usage = {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly since: Time;
  readonly last_used: Time;
  readonly requests: number;
  readonly refused: number;
  readonly bytes_out: number;
};
