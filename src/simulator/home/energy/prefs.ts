import type { World } from "../world/world.ts";
import { PLUGS } from "./appliances.ts";

/** The energy dashboard's settings, under the names that the meters have now. */
export function energyPrefs(world: World): object {
  const id = world.entityId;
  return {
    energy_sources: [
      {
        type: "grid",
        stat_energy_from: id("meter:import"),
        stat_energy_to: id("meter:export"),
        stat_cost: null,
        entity_energy_price: null,
        number_energy_price: 0.31,
        stat_compensation: null,
        entity_energy_price_export: null,
        number_energy_price_export: 0.07,
        cost_adjustment_day: 0,
        stat_rate: id("meter:import_power"),
      },
      {
        type: "solar",
        stat_energy_from: id("solar:energy"),
        config_entry_solar_forecast: null,
        stat_rate: id("solar:power"),
      },
      {
        type: "gas",
        stat_energy_from: id("gas:total"),
        stat_cost: null,
        entity_energy_price: null,
        number_energy_price: 1.24,
      },
      {
        type: "water",
        stat_energy_from: id("water:total"),
        stat_cost: null,
        entity_energy_price: null,
        number_energy_price: null,
      },
    ],
    device_consumption: PLUGS.map((plug) => ({ stat_consumption: id(`plug/${plug}:energy`) })),
    device_consumption_water: [],
  };
}
