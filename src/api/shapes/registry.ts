import * as v from "valibot";
import type { RegistryRecord } from "../../domain/home/home.ts";
import { countSchema, type Shape } from "./answers.ts";

/** What answers show of Home Assistant's registries. An entry is as Home Assistant gave it, so each key is looked at. */

type Content = RegistryRecord["content"];

const orNull = v.nullable(v.string());

const counted = {
  entities: v.pipe(v.array(v.string()), v.description("Present ones by entity_id, sorted.")),
  counts: v.object({ entities: countSchema, unavailable: countSchema }),
};

const areaEntry = v.object({
  area_id: v.string(),
  name: orNull,
  floor_id: orNull,
  icon: orNull,
  labels: v.array(v.string()),
});
type AreaEntry = Shape<typeof areaEntry>;
export const areaSchema = v.pipe(v.object({ ...areaEntry.entries, ...counted }), v.title("Area"));
export type Area = Shape<typeof areaSchema>;

const deviceEntry = v.object({
  device_id: v.string(),
  name: orNull,
  manufacturer: orNull,
  model: orNull,
  software: orNull,
  hardware: orNull,
  area_id: orNull,
  via_device_id: orNull,
  disabled_by: orNull,
  labels: v.array(v.string()),
  integrations: v.array(v.string()),
});
type DeviceEntry = Shape<typeof deviceEntry>;
export const deviceSchema = v.pipe(v.object({ ...deviceEntry.entries, ...counted }), v.title("Device"));
export type Device = Shape<typeof deviceSchema>;

export const integrationSchema = v.pipe(
  v.object({
    integration: v.string(),
    entries: v.array(
      v.object({ entry_id: v.string(), title: orNull, state: orNull, reason: orNull, disabled_by: orNull }),
    ),
    ...counted,
  }),
  v.title("Integration"),
);
export type Integration = Shape<typeof integrationSchema>;

export const readArea = (id: string, content: Content): AreaEntry => ({
  area_id: id,
  name: text(content.name),
  floor_id: text(content.floor_id),
  icon: text(content.icon),
  labels: texts(content.labels),
});

export const readFloorName = (content: Content | undefined): string | null => text(content?.name);

export const readDevice = (
  id: string,
  content: Content,
  integrationOf: (configEntry: string) => string | null,
): DeviceEntry => ({
  device_id: id,
  name: text(content.name_by_user) ?? text(content.name),
  manufacturer: text(content.manufacturer),
  model: text(content.model),
  software: text(content.sw_version),
  hardware: text(content.hw_version),
  area_id: text(content.area_id),
  via_device_id: text(content.via_device_id),
  disabled_by: text(content.disabled_by),
  labels: texts(content.labels),
  integrations: [...new Set(texts(content.config_entries).flatMap((entry) => integrationOf(entry) ?? []))].sort(),
});

export const readIntegrationName = (content: Content | undefined): string | null => text(content?.domain);

export const readConfigEntry = (id: string, content: Content): Integration["entries"][number] => ({
  entry_id: id,
  title: text(content.title),
  state: text(content.state),
  reason: text(content.reason),
  disabled_by: text(content.disabled_by),
});

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
