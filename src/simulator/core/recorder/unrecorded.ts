import type { Attributes } from "../../../domain/data/reading.ts";
import { domainOf } from "../../../domain/data/series.ts";

/** Attributes that Home Assistant's recorder leaves out, by domain (2026.11). */
const EVERYWHERE = ["attribution", "restored", "supported_features"];
const BY_DOMAIN: { readonly [domain: string]: readonly string[] } = {
  automation: ["id", "last_triggered", "mode", "current", "max"],
  camera: ["access_token", "entity_picture"],
  climate: ["hvac_modes", "fan_modes", "swing_modes", "min_temp", "max_temp", "target_temp_step", "preset_modes"],
  event: ["event_types"],
  light: [
    "supported_color_modes",
    "effect_list",
    "min_color_temp_kelvin",
    "max_color_temp_kelvin",
    "brightness",
    "color_mode",
    "color_temp_kelvin",
    "effect",
    "hs_color",
    "rgb_color",
    "xy_color",
  ],
  media_player: [
    "entity_picture_local",
    "entity_picture",
    "source_list",
    "media_position_updated_at",
    "media_position",
    "sound_mode_list",
  ],
  person: ["device_trackers"],
  script: ["last_triggered", "mode", "current", "max", "last_action"],
  select: ["options"],
  sensor: ["options"],
  sun: [
    "azimuth",
    "elevation",
    "rising",
    "next_dawn",
    "next_dusk",
    "next_midnight",
    "next_noon",
    "next_rising",
    "next_setting",
  ],
  update: ["display_precision", "entity_picture", "in_progress", "release_summary", "update_percentage"],
  vacuum: ["fan_speed_list"],
};

/** Home Assistant records no attributes at all once they pass 16 kB of JSON. */
export const LARGEST_RECORDED_ATTRIBUTES = 16_384;

/** What the recorder keeps of an entity's attributes; `ofDomain` false for states that no integration stands behind. */
export function createRecordedAttributes(): (
  entityId: string,
  attributes: Attributes,
  ofDomain: boolean,
) => Attributes {
  const shared = new Map<string, Attributes>();
  return (entityId, attributes, ofDomain) => {
    const left = [...EVERYWHERE, ...((ofDomain && BY_DOMAIN[domainOf(entityId)]) || [])];
    const kept = Object.fromEntries(Object.entries(attributes).filter(([name]) => !left.includes(name)));
    const text = JSON.stringify(kept);
    if (Buffer.byteLength(text) > LARGEST_RECORDED_ATTRIBUTES) return {};
    // Lights and sensors come back to the same attributes all day: one object serves all their rows.
    const known = shared.get(text);
    if (known) return known;
    if (shared.size > 4096) shared.clear();
    shared.set(text, kept);
    return kept;
  };
}
