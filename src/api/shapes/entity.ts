import * as v from "valibot";
import type { Reading, Stored } from "../../domain/data/reading.ts";
import { currentIdentity, domainOf, type Identity, type Series } from "../../domain/data/series.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

const text = v.nullable(v.string());
const identityFields = v.object({
  entity_id: v.string(),
  holds_name: v.pipe(v.boolean(), v.description("False: the series has lost this name.")),
  registry_id: text,
  name: text,
  device_id: text,
  area_id: text,
  floor_id: text,
  labels: v.array(v.string()),
  integration: text,
  category: text,
});
type IdentityFields = Shape<typeof identityFields>;

const entityFields = {
  ...identityFields.entries,
  series: countSchema,
  domain: v.string(),
  state: text,
  time: v.nullable(timeSchema),
};
export const entitySchema = v.pipe(v.object(entityFields), v.title("Entity"));
export type Entity = Shape<typeof entitySchema>;

export const entityWithIdentitiesSchema = v.pipe(
  v.object({
    ...entityFields,
    identities: v.pipe(
      v.array(v.object({ ...identityFields.entries, from: timeSchema })),
      v.description("What it was called and where it belonged, oldest first."),
    ),
  }),
  v.title("EntityWithIdentities"),
);
export type EntityWithIdentities = Shape<typeof entityWithIdentitiesSchema>;

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
