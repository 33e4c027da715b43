import type { Micros } from "../time/time.ts";

/** Our own id of a series. It never changes and is never used again. */
export type SeriesId = number;

/**
 * Where an entry stands in the store's log: larger is later, gaps between positions mean nothing.
 * Positions are safe integers and survive restarts, so a reader can resume from one.
 */
export type Position = number;

/** How a reading came to us; it decides who hears it (docs/architecture.md). */
export const ORIGINS = ["live", "filled", "imported", "late", "corrected"] as const;
export type Origin = (typeof ORIGINS)[number];

/** Home Assistant's context: what caused a change. */
export type Context = { readonly id: string; readonly parentId: string | null; readonly userId: string | null };

export type Attributes = { readonly [name: string]: unknown };

/** What a check found wrong with a reading. The reading is stored all the same, marked. */
export const FLAWS = [
  "not_numeric",
  "impossible_value",
  "clock_skew",
  "unit_changed",
  "unknown_state",
  /** Added by the store on reading back: the disk damaged the attributes, they come back empty. */
  "attributes_lost",
] as const;
export type Flaw = (typeof FLAWS)[number];

/** One value of one series at one time. A change of a Home Assistant entity is a reading. */
export type Reading = {
  readonly series: SeriesId;
  /** When it was so: Home Assistant's `last_updated`. */
  readonly time: Micros;
  /** Since when the state has this text: Home Assistant's `last_changed`; at most `time`. */
  readonly changed: Micros;
  /** The exact state text; null: the entity was removed. */
  readonly state: string | null;
  readonly attributes: Attributes;
  /** null: not known (Home Assistant keeps no contexts in its history). */
  readonly context: Context | null;
  readonly origin: Origin;
  /** True where `time` is when we heard of it, because the message named no time (removals). */
  readonly timeIsArrival: boolean;
  readonly flaws: readonly Flaw[];
};

/** A Home Assistant event other than a state change. */
export type HomeEvent = {
  readonly type: string;
  /** Home Assistant's `time_fired`. */
  readonly time: Micros;
  readonly data: Attributes;
  readonly context: Context | null;
  readonly origin: Origin;
};

/** A known hole: what happened between `from` and `to` (both exclusive) was not recorded. */
export type Gap = {
  readonly kind: "states" | "events";
  /** null: every series. Always null for events. */
  readonly series: SeriesId | null;
  readonly from: Micros;
  readonly to: Micros;
  readonly cause: GapCause;
};

export const GAP_CAUSES = [
  "disconnected",
  "not_recorded",
  "no_history",
  "slow_reader",
  "hub_stopped",
  "damaged",
  "overflow",
  "paused",
  "switched",
  "excluded",
  "erased",
  /** A source of the outside world knew nothing. */
  "source_silent",
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

export type Stored<T> = T & { readonly position: Position };
