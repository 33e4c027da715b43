import type { Micros } from "./time/time.ts";

/** How a part of the hub is doing. Every state but `ok` says why, and how to mend it. */
export const PART_STATES = ["starting", "ok", "degraded", "broken", "off"] as const;
export type PartState = (typeof PART_STATES)[number];

/** What a person may do to a part, where it says so. */
export const SERVICE_ACTIONS = ["pause", "resume", "restart"] as const;
export type ServiceAction = (typeof SERVICE_ACTIONS)[number];

export type PartStatus = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Micros;
  readonly why?: string;
  readonly fix?: string;
  /** Figures worth showing beside it, by name in snake_case. */
  readonly figures?: { readonly [name: string]: number | string | boolean | null };
  readonly actions?: readonly ServiceAction[];
};

/** One way to Home Assistant and how it has done since the hub started. */
export type ConnectionStatus = {
  readonly id: string;
  readonly name: string;
  /** Without user, password and query. */
  readonly url: string;
  /** The one that is recorded from now. */
  readonly active: boolean;
  readonly breaker: "closed" | "open" | "half_open";
  /** Since the last success. */
  readonly consecutiveFailures: number;
  readonly paused: boolean;
  readonly connectedSince?: Micros;
  /** When Home Assistant last let us in, or was last left. */
  readonly lastConnected?: Micros;
  readonly lastFailure?: {
    readonly time: Micros;
    readonly code: string;
    readonly why: string;
    readonly fix?: string;
  };
  /** When it is tried next, if nothing happens before. */
  readonly nextAttempt?: Micros;
  /** Sockets opened, or tried to; probes included. */
  readonly attempts: number;
  /** Attempts whose token was accepted. */
  readonly connects: number;
  /** Attempts that failed, and connections that broke. A polite end is none. */
  readonly failures: number;
};
