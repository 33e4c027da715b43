import type { Reading, SeriesId, Stored } from "../../domain/reading.ts";
import { currentIdentity, domainOf, type Identity, type Series } from "../../domain/series.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { Time } from "./answers.ts";

type IdentityFields = {
  readonly entity_id: string;
  readonly holds_name: boolean;
  readonly registry_id: string | null;
  readonly name: string | null;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly floor_id: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
};

export type Entity = IdentityFields & {
  readonly series: SeriesId;
  readonly domain: string;
  readonly state: string | null;
  readonly time: Time | null;
};

/** What it was called and where it belonged, oldest first. */
export type EntityWithIdentities = Entity & {
  readonly identities: readonly (IdentityFields & { readonly from: Time })[];
};

const fieldsOf = (identity: Identity): IdentityFields => ({
  entity_id: identity.entityId,
  holds_name: identity.holdsName,
  registry_id: identity.registryId,
  name: identity.name,
  device_id: identity.deviceId,
  area_id: identity.areaId,
  floor_id: identity.floorId,
  labels: identity.labels,
  integration: identity.integration,
  category: identity.category,
});

export const entityShape = (series: Series, reading: Stored<Reading> | undefined): Entity => ({
  ...fieldsOf(currentIdentity(series)),
  series: series.id,
  domain: domainOf(currentIdentity(series).entityId),
  state: reading?.state ?? null,
  time: reading ? microsToRfc3339(reading.time) : null,
});

export const entityWithIdentities = (series: Series, reading: Stored<Reading> | undefined): EntityWithIdentities => ({
  ...entityShape(series, reading),
  identities: series.identities.map((identity) => ({ ...fieldsOf(identity), from: microsToRfc3339(identity.from) })),
});
