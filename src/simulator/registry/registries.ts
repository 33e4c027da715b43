import type { Attributes } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import { sameValue } from "../core/state/wire.ts";
import { createEntityRegistry, type EntityRegistry } from "./entities.ts";
import type { AreaEntry, CategoryEntry, ConfigEntry, DeviceEntry, FloorEntry, LabelEntry } from "./entries.ts";
import { createNamedRegistry, type NamedRegistry } from "./named.ts";

export type DeviceRegistry = {
  list(): DeviceEntry[];
  get(id: string): DeviceEntry | undefined;
  add(entry: DeviceEntry): void;
  update(id: string, fields: Partial<DeviceEntry>): DeviceEntry;
  remove(id: string): boolean;
};

/** Everything that Home Assistant keeps in `.storage/core.*_registry`, in memory. */
export type Registries = {
  readonly entities: EntityRegistry;
  readonly devices: DeviceRegistry;
  readonly areas: NamedRegistry<AreaEntry>;
  readonly floors: NamedRegistry<FloorEntry>;
  readonly labels: NamedRegistry<LabelEntry>;
  readonly categories: Map<string, CategoryEntry[]>;
  readonly configEntries: ConfigEntry[];
};

export function createRegistries(needs: {
  seconds: () => number;
  fire: (type: string, data: Attributes) => void;
  isTaken: (entityId: string) => boolean;
}): Registries {
  const { seconds, fire, isTaken } = needs;
  const announce = (type: string) => (data: Attributes) => fire(type, data);
  return {
    entities: createEntityRegistry({ seconds, isTaken, fire: announce("entity_registry_updated") }),
    devices: createDeviceRegistry({ seconds, fire: announce("device_registry_updated") }),
    areas: createNamedRegistry<AreaEntry>({
      noun: "Area",
      idKey: "area_id",
      blank: {
        aliases: [],
        area_id: "",
        floor_id: null,
        humidity_entity_id: null,
        icon: null,
        labels: [],
        picture: null,
        temperature_entity_id: null,
      },
      seconds,
      fire: announce("area_registry_updated"),
      tellsAlways: true,
    }),
    floors: createNamedRegistry<FloorEntry>({
      noun: "Floor",
      idKey: "floor_id",
      blank: { aliases: [], floor_id: "", icon: null, level: null },
      seconds,
      fire: announce("floor_registry_updated"),
    }),
    labels: createNamedRegistry<LabelEntry>({
      noun: "Label",
      idKey: "label_id",
      blank: { color: null, description: null, icon: null, label_id: "" },
      seconds,
      fire: announce("label_registry_updated"),
    }),
    categories: new Map(),
    configEntries: [],
  };
}

function createDeviceRegistry(needs: { seconds: () => number; fire: (data: Attributes) => void }): DeviceRegistry {
  const { seconds, fire } = needs;
  const devices = new Map<string, DeviceEntry>();
  return {
    list: () => [...devices.values()],
    get: (id) => devices.get(id),
    add(entry) {
      devices.set(entry.id, entry);
      fire({ action: "create", device_id: entry.id });
    },
    update(id, fields) {
      const device = devices.get(id);
      if (!device) throw new Failure("not_found", "Device not found");
      const news = Object.entries(fields).filter(([key, value]) => !sameValue(device[key as keyof DeviceEntry], value));
      if (news.length === 0) return device;
      const changes = Object.fromEntries(news.map(([key]) => [key, device[key as keyof DeviceEntry]]));
      Object.assign(device, Object.fromEntries(news), { modified_at: seconds() });
      fire({ action: "update", device_id: id, changes });
      return device;
    },
    remove(id) {
      if (!devices.delete(id)) return false;
      fire({ action: "remove", device_id: id });
      return true;
    },
  };
}
