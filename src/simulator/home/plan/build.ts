import type { StableIds } from "../../core/base/ids.ts";
import type { Core } from "../../core/core.ts";
import type { OwnedEntity } from "../../core/owned.ts";
import type { FullEntity } from "../../registry/entities.ts";
import type { DeviceEntry } from "../../registry/entries.ts";
import { slugify } from "../../registry/named.ts";
import type { DevicePlan, EntityPlan, HomePlan, LoosePlan } from "./plan.ts";

/** 2025-03-01T09:00:00Z: when the simulated home was set up, whenever it is started. */
const SET_UP = 1_740_819_600;

/** Puts a plan into the registries. The answer finds each entity by its key. */
export function buildHome(plan: HomePlan, needs: { core: Core; ids: StableIds }): Map<string, OwnedEntity> {
  const { core, ids } = needs;
  const { registries } = core;
  const entities = new Map<string, OwnedEntity>();
  let minute = 0;
  const stamp = () => {
    const time = SET_UP + 60 * minute++;
    return { created_at: time, modified_at: time };
  };
  const entryIdOf = (domain: string) => ids.ulid(`config entry ${domain}`);

  for (const floor of plan.floors)
    registries.floors.create({
      floor_id: floor.id,
      name: floor.name,
      level: floor.level,
      icon: floor.icon,
      ...stamp(),
    });
  for (const { id, ...label } of plan.labels) registries.labels.create({ label_id: id, ...label, ...stamp() });
  for (const area of plan.areas)
    registries.areas.create({
      area_id: area.id,
      name: area.name,
      floor_id: area.floor,
      icon: area.icon,
      labels: [...(area.labels ?? [])],
      ...stamp(),
    });
  for (const [scope, list] of Object.entries(plan.categories))
    registries.categories.set(
      scope,
      list.map(({ id, name, icon }) => ({ category_id: ids.ulid(`category ${id}`), name, icon, ...stamp() })),
    );
  for (const { domain, title } of plan.integrations)
    registries.configEntries.push({
      entry_id: entryIdOf(domain),
      domain,
      title,
      source: domain === "sun" ? "import" : "user",
      state: "loaded",
      supports_options: false,
      supports_remove_device: false,
      supports_unload: true,
      supports_reconfigure: false,
      supported_subentry_types: {},
      pref_disable_new_entities: false,
      pref_disable_polling: false,
      disabled_by: null,
      reason: null,
      error_reason_translation_domain: null,
      error_reason_translation_key: null,
      error_reason_translation_placeholders: null,
      num_subentries: 0,
      ...stamp(),
    });

  const register = (entity: EntityPlan, more: Partial<FullEntity> & { entity_id: string; platform: string }) => {
    const entry: FullEntity = { ...entryOf(entity, ids), ...stamp(), ...more };
    registries.entities.add(entry);
    entities.set(entity.key, core.owned.add({ entry }));
  };
  for (const device of plan.devices) {
    const entry: DeviceEntry = { ...deviceOf(device, ids, entryIdOf(device.integration)), ...stamp() };
    registries.devices.add(entry);
    for (const entity of device.entities)
      register(entity, {
        entity_id: `${entity.domain}.${slugify(entity.name === null ? device.name : `${device.name} ${entity.name}`)}`,
        platform: device.integration,
        config_entry_id: entry.config_entry_id,
        device_id: entry.id,
        next_name_part: "device",
      });
  }
  for (const loose of plan.loose) addLoose(loose);
  return entities;

  function addLoose(loose: LoosePlan) {
    if (!loose.registered) {
      entities.set(loose.key, core.owned.add({ entityId: loose.entityId, name: loose.name ?? loose.entityId }));
      return;
    }
    const categories = Object.fromEntries(
      Object.entries(loose.categories ?? {}).map(([scope, id]) => [scope, ids.ulid(`category ${id}`)]),
    );
    const hasEntry = plan.integrations.some(({ domain }) => domain === loose.platform);
    register(loose, {
      entity_id: loose.entityId,
      platform: loose.platform,
      area_id: loose.area ?? null,
      categories,
      config_entry_id: hasEntry ? entryIdOf(loose.platform) : null,
    });
  }
}

function entryOf(
  entity: EntityPlan,
  ids: StableIds,
): Omit<FullEntity, "entity_id" | "platform" | "created_at" | "modified_at"> {
  const sensor: FullEntity["options"] =
    entity.precision === undefined ? {} : { sensor: { suggested_display_precision: entity.precision } };
  return {
    area_id: null,
    categories: {},
    config_entry_id: null,
    config_subentry_id: null,
    device_id: null,
    disabled_by: entity.disabled ? "user" : null,
    entity_category: entity.category ?? null,
    hidden_by: entity.hidden ? "user" : null,
    icon: null,
    id: ids.hex(`entity ${entity.key}`),
    labels: [...(entity.labels ?? [])],
    name: null,
    next_name_part: null,
    options: { conversation: { should_expose: !entity.category }, ...sensor },
    original_name: entity.name,
    translation_key: entity.translationKey ?? null,
    unique_id: entity.key,
    aliases: [null],
    capabilities: entity.stateClass ? { state_class: entity.stateClass } : null,
    device_class: null,
    original_device_class: entity.deviceClass ?? null,
    original_icon: entity.icon ?? null,
  };
}

function deviceOf(
  device: DevicePlan,
  ids: StableIds,
  entryId: string,
): Omit<DeviceEntry, "created_at" | "modified_at"> {
  return {
    area_id: device.area ?? null,
    configuration_url: null,
    config_entries: [entryId],
    config_entries_subentries: { [entryId]: [null] },
    config_entry_id: entryId,
    config_subentry_id: null,
    connections: [],
    disabled_by: null,
    entry_type: device.service ? "service" : null,
    hw_version: null,
    id: ids.hex(`device ${device.key}`),
    identifiers: [[device.integration, device.key]],
    labels: [...(device.labels ?? [])],
    manufacturer: device.manufacturer ?? null,
    model: device.model ?? null,
    model_id: null,
    name_by_user: null,
    name: device.name,
    next_name_part: null,
    parent_device_id: null,
    primary_config_entry: entryId,
    serial_number: null,
    sw_version: device.version ?? null,
    via_device_id: device.via === undefined ? null : ids.hex(`device ${device.via}`),
  };
}
