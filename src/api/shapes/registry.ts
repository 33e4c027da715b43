import type { RegistryRecord } from "../../domain/home.ts";

/** What answers show of Home Assistant's registries. An entry is as Home Assistant gave it, so each key is looked at. */

type Content = RegistryRecord["content"];

type Counted = {
  /** Present ones by `entity_id`, sorted. */
  readonly entities: readonly string[];
  readonly counts: { readonly entities: number; readonly unavailable: number };
};

type AreaEntry = {
  readonly area_id: string;
  readonly name: string | null;
  readonly floor_id: string | null;
  readonly icon: string | null;
  readonly labels: readonly string[];
};
export type Area = AreaEntry & Counted;

type DeviceEntry = {
  readonly device_id: string;
  readonly name: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly software: string | null;
  readonly hardware: string | null;
  readonly area_id: string | null;
  readonly via_device_id: string | null;
  readonly disabled_by: string | null;
  readonly labels: readonly string[];
  readonly integrations: readonly string[];
};
export type Device = DeviceEntry & Counted;

export type Integration = {
  readonly integration: string;
  readonly entries: readonly {
    readonly entry_id: string;
    readonly title: string | null;
    readonly state: string | null;
    readonly reason: string | null;
    readonly disabled_by: string | null;
  }[];
} & Counted;

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
