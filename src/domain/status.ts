import type { Micros } from "./time.ts";

/** How a part of the hub is doing. Every state but `ok` says why, and how to mend it. */
export type PartState = "starting" | "ok" | "degraded" | "broken" | "off";

export type PartStatus = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Micros;
  readonly why?: string;
  readonly fix?: string;
  /** Figures worth showing beside it, by name in snake_case. */
  readonly figures?: { readonly [name: string]: number | string | boolean | null };
};
