import type { Attributes, Context, GapCause, HomeEvent, Origin } from "../data/reading.ts";
import type { Micros } from "../time/time.ts";

/** A change as Home Assistant told it, before it is filed under a series. */
export type Change = {
  readonly entityId: string;
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly time: Micros;
  readonly changed: Micros;
  readonly context: Context | null;
  readonly origin: Origin;
  readonly timeIsArrival: boolean;
};

/** A hole as the link knows it: by entity, not yet by series. */
export type HomeGap = {
  readonly kind: "states" | "events";
  readonly entityId: string | null;
  readonly from: Micros;
  readonly to: Micros;
  readonly cause: GapCause;
};

/** What Home Assistant's registries say of one entity, with what its device and area add. */
export type RegisteredEntity = {
  readonly registryId: string;
  readonly entityId: string;
  readonly name: string | null;
  readonly deviceId: string | null;
  readonly areaId: string | null;
  readonly floorId: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
  /** When the registry entry was last altered. */
  readonly modified: Micros;
};

/** Everything that reaches the store from Home Assistant goes in this order through one queue. */
export type FeedItem =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "event"; readonly event: HomeEvent }
  | { readonly kind: "gap"; readonly gap: HomeGap }
  | { readonly kind: "registry"; readonly update: RegistryUpdate };

export type RegistryUpdate = {
  readonly entities: readonly RegisteredEntity[];
  /** Registry ids that are gone. */
  readonly removed: readonly string[];
  /** True: `entities` is the whole registry, what is not in it is gone. */
  readonly complete: boolean;
  /** With `complete`: what is gone keeps its name for now, since what Home Assistant recorded of it is yet to be filed. */
  readonly keepGone?: boolean;
  readonly at: Micros;
};

/** What Home Assistant says of itself. */
export type HomeFacts = {
  readonly name: string;
  readonly version: string;
  readonly timeZone: string;
  readonly currency: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly elevation: number | null;
  readonly unitSystem: { readonly [quantity: string]: string };
  /** `RUNNING`, `STARTING`, … */
  readonly state: string;
  /** True only for the hub's own simulated home. */
  readonly simulated: boolean;
};

/** Ids by which a home is known again; no two homes share any. */
export type HomeFingerprint = { readonly simulated: boolean; readonly ids: readonly string[] };

export const REGISTRY_KINDS = ["device", "area", "floor", "label", "config_entry"] as const;
export type RegistryKind = (typeof REGISTRY_KINDS)[number];
export type RegistryRecord = { readonly id: string; readonly content: { readonly [key: string]: unknown } };
