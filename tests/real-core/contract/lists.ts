import type { Event, Message } from "../../support/hub/wire-client.ts";
import { type Peer, withWire } from "./peer.ts";
import { kinds } from "./shape.ts";

/** What each list must have at least: the simulator may know more keys, never fewer. */
export type Listed = { readonly promise: string; readonly ask: (peer: Peer) => Promise<Record<string, string[]>> };

const list = (promise: string, type: string, take: (result: Message) => object[] = (result) => result): Listed => ({
  promise,
  ask: (peer) => withWire(peer, async (wire) => kinds(take(await wire.result(type)))),
});

/** Answers whose entries are many and differ: their keys and kinds are compared, Core's being the least. */
export const LISTS: readonly Listed[] = [
  list("get_config", "get_config", (result) => [result]),
  list("get_config's unit system", "get_config", (result) => [result.unit_system]),
  list("get_states", "get_states"),
  list("the contexts of get_states", "get_states", (result) => result.map(({ context }: Event) => context)),
  list("the entity registry", "config/entity_registry/list"),
  list("the entity registry for display", "config/entity_registry/list_for_display", ({ entities }) => entities),
  list("the device registry", "config/device_registry/list"),
  list("the area registry", "config/area_registry/list"),
  list("the config entries", "config_entries/get"),
  list("the users", "config/auth/list"),
  list("the present user", "auth/current_user", (result) => [result]),
  list("the recorder", "recorder/info", (result) => [result]),
  list("the statistic ids", "recorder/list_statistic_ids"),
  list("the log levels", "logger/log_info"),
  list("the services of a light", "get_services", (result) => [result.light]),
  list("one service", "get_services", (result) => [result.light.turn_on]),
  {
    promise: "one entity, and several, in full",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const one = await wire.result<object>("config/entity_registry/get", { entity_id: peer.light });
        const many = await wire.result<Record<string, object>>("config/entity_registry/get_entries", {
          entity_ids: [peer.light, peer.otherLight],
        });
        return kinds([one, ...Object.values(many)]);
      }),
  },
  {
    promise: "the energy settings",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        if (peer.name === "Core") await wire.result("energy/save_prefs", ENERGY);
        const prefs = await wire.result<{ energy_sources: object[]; device_consumption: object[] }>("energy/get_prefs");
        const ofType = (type: string) =>
          prefs.energy_sources.filter((source) => (source as { type: string }).type === type);
        return { ...kinds([prefs]), ...kinds(ofType("grid")), ...kinds(prefs.device_consumption) };
      }),
  },
];

const ENERGY = {
  energy_sources: [
    {
      type: "grid",
      stat_energy_from: "sensor.contract_import",
      stat_energy_to: null,
      stat_cost: null,
      entity_energy_price: null,
      number_energy_price: 0.3,
      entity_energy_price_export: null,
      number_energy_price_export: null,
      cost_adjustment_day: 0,
    },
  ],
  device_consumption: [{ stat_consumption: "sensor.contract_device" }],
};
