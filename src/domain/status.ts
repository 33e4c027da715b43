import type { Micros } from "./time.ts";

/** How a part of the hub is doing. Every state but `ok` says why, and how to mend it. */
export const PART_STATES = ["starting", "ok", "degraded", "broken", "off"] as const;
export type PartState = (typeof PART_STATES)[number];

export type PartStatus = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Micros;
  readonly why?: string;
  readonly fix?: string;
  /** Figures worth showing beside it, by name in snake_case. */
  readonly figures?: { readonly [name: string]: number | string | boolean | null };
};
