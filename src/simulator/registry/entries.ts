/** Registry entries with the keys that Home Assistant 2026.11 sends. Times are float seconds, as there. */

export type EntityEntry = {
  area_id: string | null;
  categories: { [scope: string]: string };
  config_entry_id: string | null;
  config_subentry_id: string | null;
  created_at: number;
  device_id: string | null;
  disabled_by: string | null;
  entity_category: "config" | "diagnostic" | null;
  entity_id: string;
  hidden_by: string | null;
  icon: string | null;
  id: string;
  labels: string[];
  modified_at: number;
  name: string | null;
  next_name_part: "device" | "area" | null;
  options: { [domain: string]: { [name: string]: unknown } };
  original_name: string | null;
  platform: string;
  translation_key: string | null;
  unique_id: string;
};

/** What `get`, `get_entries` and `update` show besides. */
export type EntityExtras = {
  aliases: (string | null)[];
  capabilities: { [name: string]: unknown } | null;
  device_class: string | null;
  original_device_class: string | null;
  original_icon: string | null;
};

export type DeviceEntry = {
  area_id: string | null;
  configuration_url: string | null;
  config_entries: string[];
  config_entries_subentries: { [entry: string]: (string | null)[] };
  config_entry_id: string;
  config_subentry_id: string | null;
  connections: [string, string][];
  created_at: number;
  disabled_by: string | null;
  entry_type: "service" | null;
  hw_version: string | null;
  id: string;
  identifiers: [string, string][];
  labels: string[];
  manufacturer: string | null;
  model: string | null;
  model_id: string | null;
  modified_at: number;
  name_by_user: string | null;
  name: string | null;
  next_name_part: "area" | null;
  parent_device_id: string | null;
  primary_config_entry: string;
  serial_number: string | null;
  sw_version: string | null;
  via_device_id: string | null;
};

export type AreaEntry = {
  aliases: string[];
  area_id: string;
  floor_id: string | null;
  humidity_entity_id: string | null;
  icon: string | null;
  labels: string[];
  name: string;
  picture: string | null;
  temperature_entity_id: string | null;
  created_at: number;
  modified_at: number;
};

export type FloorEntry = {
  aliases: string[];
  created_at: number;
  floor_id: string;
  icon: string | null;
  level: number | null;
  name: string;
  modified_at: number;
};

export type LabelEntry = {
  color: string | null;
  created_at: number;
  description: string | null;
  icon: string | null;
  label_id: string;
  name: string;
  modified_at: number;
};

export type CategoryEntry = {
  category_id: string;
  created_at: number;
  icon: string | null;
  modified_at: number;
  name: string;
};

export type ConfigEntry = {
  created_at: number;
  entry_id: string;
  domain: string;
  modified_at: number;
  title: string;
  source: string;
  state: string;
  supports_options: boolean;
  supports_remove_device: boolean;
  supports_unload: boolean;
  supports_reconfigure: boolean;
  supported_subentry_types: { [type: string]: unknown };
  pref_disable_new_entities: boolean;
  pref_disable_polling: boolean;
  disabled_by: string | null;
  reason: string | null;
  error_reason_translation_domain: string | null;
  error_reason_translation_key: string | null;
  error_reason_translation_placeholders: { [name: string]: string } | null;
  num_subentries: number;
};
