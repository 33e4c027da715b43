import type { CoreState } from "./core.ts";

export const HA_VERSION = "2026.11.0";

/** Where the simulated home stands, and what Home Assistant says about itself. */
export type Place = {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number;
  readonly timeZone: string;
  readonly country: string;
  readonly currency: string;
  readonly language: string;
};

export const DEMO_PLACE: Place = {
  name: "Simulated home",
  latitude: 52.0907,
  longitude: 5.1214,
  elevation: 5,
  timeZone: "Europe/Amsterdam",
  country: "NL",
  currency: "EUR",
  language: "en",
};

/** `get_config`. `simulated` is ours: it lets the hub mark the data as made up. */
export const configAnswer = (place: Place, components: readonly string[], state: CoreState) => ({
  allowlist_external_dirs: ["/config/www", "/media"],
  allowlist_external_urls: [],
  components: [...components].sort(),
  config_dir: "/config",
  config_source: "storage",
  country: place.country,
  currency: place.currency,
  debug: false,
  elevation: place.elevation,
  external_url: null,
  internal_url: null,
  language: place.language,
  latitude: place.latitude,
  location_name: place.name,
  logging: { log_file_disabled_reason: null },
  longitude: place.longitude,
  radius: 100,
  recovery_mode: false,
  safe_mode: false,
  state,
  time_zone: place.timeZone,
  unit_system: {
    length: "km",
    accumulated_precipitation: "mm",
    area: "m²",
    mass: "g",
    pressure: "Pa",
    temperature: "°C",
    volume: "L",
    wind_speed: "m/s",
  },
  version: HA_VERSION,
  whitelist_external_dirs: ["/config/www", "/media"],
  simulated: true,
});
