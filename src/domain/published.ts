import type { Micros } from "./time/time.ts";

/** One thing that the hub offers to be shown in Home Assistant as an entity; what each field means is Home Assistant's. */
export type PublishedEntry = {
  /** Stable for good: the entity's unique id is made of it. */
  readonly key: string;
  readonly platform: "sensor" | "binary_sensor" | "event";
  readonly translationKey: string;
  /** What stands in its translated name in place of `{…}`. */
  readonly placeholders?: { readonly [name: string]: string };
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total" | "total_increasing";
  readonly unit?: string;
  /** In which Home Assistant shows it until the user chooses another. */
  readonly suggestedUnit?: string;
  /** Decimals shown. */
  readonly precision?: number;
  readonly category?: "diagnostic";
  /** False: there, but switched off until the user wants it. */
  readonly enabled?: false;
  /** null: known to have none yet. A timestamp is RFC 3339, a binary sensor's a boolean; events have none. */
  readonly value?: string | number | boolean | null;
  readonly attributes?: { readonly [name: string]: unknown };
  readonly available: boolean;
  /** Why there is no value. */
  readonly why?: string;
  readonly eventTypes?: readonly string[];
  /** Of an event: its last firings, oldest first, for who was away for a moment. */
  readonly recent?: readonly Firing[];
};

/** Something that happened and that an event entity tells. */
export type Firing = {
  readonly key: string;
  /** Larger is later, across restarts: what is not above the last one seen is known already. */
  readonly id: number;
  readonly eventType: string;
  readonly time: Micros;
  readonly attributes: { readonly [name: string]: unknown };
};
