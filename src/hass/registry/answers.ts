import * as v from "valibot";

/** Home Assistant's registry answers, as far as the hub reads them; other keys are kept where records are stored whole. */
const text = v.nullish(v.string(), null);
const labels = v.fallback(v.array(v.string()), []);

export const EntityEntry = v.object({
  id: v.string(),
  entity_id: v.string(),
  name: text,
  original_name: text,
  device_id: text,
  area_id: text,
  labels,
  platform: text,
  entity_category: text,
  modified_at: v.fallback(v.number(), 0),
});
export type EntityEntry = v.InferOutput<typeof EntityEntry>;

export const DeviceEntry = v.looseObject({ id: v.string(), area_id: text, labels });
export const AreaEntry = v.looseObject({ area_id: v.string(), floor_id: text, labels });
export const FloorEntry = v.looseObject({ floor_id: v.string() });
export const LabelEntry = v.looseObject({ label_id: v.string() });
export const ConfigEntry = v.looseObject({ entry_id: v.string(), domain: v.string() });

export const EntityUpdate = v.object({
  action: v.picklist(["create", "update", "remove"]),
  entity_id: v.string(),
  old_entity_id: v.optional(v.string()),
});

export const Config = v.object({
  location_name: v.fallback(v.string(), "Home"),
  version: v.string(),
  time_zone: v.string(),
  currency: text,
  country: text,
  language: text,
  latitude: v.fallback(v.nullable(v.number()), null),
  longitude: v.fallback(v.nullable(v.number()), null),
  elevation: v.fallback(v.nullable(v.number()), null),
  unit_system: v.fallback(v.record(v.string(), v.string()), {}),
  state: v.fallback(v.string(), "RUNNING"),
  simulated: v.fallback(v.boolean(), false),
});
