import type { Micros } from "../time/time.ts";
import type { SeriesId } from "./reading.ts";

/** What a series was called and where it belonged from a time on. A new identity never alters an older one. */
export type Identity = {
  readonly from: Micros;
  readonly entityId: string;
  /** False: the series has lost this name (the entity was removed from the registry, or another one took the name). */
  readonly holdsName: boolean;
  /** Home Assistant's own id of the registry entry; null: the entity is not in its registry (sun, zones, YAML). */
  readonly registryId: string | null;
  readonly name: string | null;
  readonly deviceId: string | null;
  /** The entity's own area, else its device's. */
  readonly areaId: string | null;
  readonly floorId: string | null;
  /** Own labels and the device's and area's, sorted. */
  readonly labels: readonly string[];
  /** The integration that provides the entity (`hue`), Home Assistant's `platform`. */
  readonly integration: string | null;
  /** Home Assistant's `entity_category`: `config`, `diagnostic` or null. */
  readonly category: string | null;
};

export type Series = {
  readonly id: SeriesId;
  /** Oldest first; never empty. */
  readonly identities: readonly Identity[];
};

export const currentIdentity = (series: Series): Identity =>
  series.identities[series.identities.length - 1] as Identity;

export const domainOf = (entityId: string): string => entityId.slice(0, Math.max(0, entityId.indexOf(".")));
