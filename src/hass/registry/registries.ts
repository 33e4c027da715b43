import * as v from "valibot";
import {
  REGISTRY_KINDS,
  type RegisteredEntity,
  type RegistryKind,
  type RegistryRecord,
  type RegistryUpdate,
} from "../../domain/home/home.ts";
import { microsFromSeconds } from "../../domain/time/time.ts";
import {
  AreaEntry,
  ConfigEntry,
  DeviceEntry,
  EntityEntry,
  EntityUpdate,
  type EntityEntry as Entry,
  FloorEntry,
  LabelEntry,
} from "./answers.ts";

type Call = (command: { type: string; [key: string]: unknown }) => Promise<unknown>;

const LISTS = {
  device: { command: "config/device_registry/list", schema: DeviceEntry, id: "id" },
  area: { command: "config/area_registry/list", schema: AreaEntry, id: "area_id" },
  floor: { command: "config/floor_registry/list", schema: FloorEntry, id: "floor_id" },
  label: { command: "config/label_registry/list", schema: LabelEntry, id: "label_id" },
  config_entry: { command: "config_entries/get", schema: ConfigEntry, id: "entry_id" },
} as const;

/** The registry a `…_registry_updated` event speaks of; entities are handled apart. */
const KIND_OF_EVENT: { readonly [event: string]: RegistryKind } = {
  device_registry_updated: "device",
  area_registry_updated: "area",
  floor_registry_updated: "floor",
  label_registry_updated: "label",
};

/** The integration that shows the hub in Home Assistant (custom_components/). */
const OWN_INTEGRATION = "ha_ingestor";
export const isOwnPlatform = (platform: unknown): boolean => platform === OWN_INTEGRATION;

export const ENTITY_EVENT = "entity_registry_updated";
export const REGISTRY_EVENTS = [ENTITY_EVENT, ...Object.keys(KIND_OF_EVENT)];

export type Altered = Omit<RegistryUpdate, "at">;
const NOTHING: Altered = { entities: [], removed: [], complete: false };

/** Home Assistant's registries as last heard of. */
export type Registries = {
  /** Asks for all of them. */
  load(call: Call): Promise<void>;
  /** Applies one registry event, asking for what the event does not say. Answers with what it alters of entities. */
  apply(type: string, data: unknown, call: Call): Promise<Altered>;
  /** Every registered entity with what its device and area add. */
  entities(): Altered;
  records(kind: RegistryKind): RegistryRecord[];
  /** Whether the entity is one that the hub itself shows in Home Assistant: what it says of itself is not recorded. */
  isOwn(entityId: string): boolean;
  /** Ids that no other home has. */
  fingerprint(): string[];
};

export function createRegistries(onMalformed: (why: string) => void): Registries {
  const entries = new Map<string, Entry>();
  const lists = new Map<RegistryKind, Map<string, RegistryRecord["content"]>>();

  const loadList = async (kind: RegistryKind, call: Call) => {
    const { command, schema, id } = LISTS[kind];
    const answer = await call({ type: command });
    lists.set(kind, new Map(parseAll(answer, schema, command).map((entry) => [String(entry[id as never]), entry])));
  };
  const parseAll = <S extends v.GenericSchema>(answer: unknown, schema: S, what: string): v.InferOutput<S>[] => {
    if (!Array.isArray(answer)) {
      onMalformed(`${what} answered something that is no list`);
      return [];
    }
    return answer.flatMap((raw) => {
      const parsed = v.safeParse(schema, raw);
      if (!parsed.success) onMalformed(`${what}: ${v.getDotPath(parsed.issues[0]) ?? "entry"} has another shape`);
      return parsed.success ? [parsed.output] : [];
    });
  };
  const loadEntity = async (entityId: string, call: Call) => {
    const answer = await call({ type: "config/entity_registry/get_entries", entity_ids: [entityId] });
    const raw = (answer as { [entity: string]: unknown } | null)?.[entityId];
    const parsed = v.safeParse(EntityEntry, raw);
    // Gone again, or renamed meanwhile: the event that says so is on its way.
    if (!parsed.success) return;
    for (const [name, entry] of entries) if (entry.id === parsed.output.id) entries.delete(name);
    entries.set(entityId, parsed.output);
  };
  const content = (kind: RegistryKind, id: string | null) =>
    id === null ? undefined : (lists.get(kind)?.get(id) as { [key: string]: unknown } | undefined);

  const describe = (entry: Entry): RegisteredEntity => {
    const device = content("device", entry.device_id);
    const areaId = entry.area_id ?? (device?.area_id as string | null | undefined) ?? null;
    const area = content("area", areaId);
    const own = [entry.labels, device?.labels, area?.labels] as (string[] | undefined)[];
    return {
      registryId: entry.id,
      entityId: entry.entity_id,
      name: entry.name ?? entry.original_name,
      deviceId: entry.device_id,
      areaId,
      floorId: (area?.floor_id as string | null | undefined) ?? null,
      labels: [...new Set(own.flatMap((labels) => labels ?? []))].sort(),
      integration: entry.platform,
      category: entry.entity_category,
      modified: microsFromSeconds(entry.modified_at),
    };
  };

  const all = (): Altered => ({ entities: [...entries.values()].map(describe), removed: [], complete: true });

  return {
    load: async (call) => {
      const answer = await call({ type: "config/entity_registry/list" });
      entries.clear();
      for (const entry of parseAll(answer, EntityEntry, "config/entity_registry/list"))
        entries.set(entry.entity_id, entry);
      for (const kind of REGISTRY_KINDS) await loadList(kind, call);
    },
    apply: async (type, data, call) => {
      const kind = KIND_OF_EVENT[type];
      if (kind) {
        await loadList(kind, call);
        return all();
      }
      const update = v.safeParse(EntityUpdate, data);
      if (!update.success) {
        onMalformed(`${type}: ${v.getDotPath(update.issues[0]) ?? "event"} has another shape`);
        return NOTHING;
      }
      const { action, entity_id, old_entity_id } = update.output;
      if (action === "remove") {
        const gone = entries.get(entity_id);
        entries.delete(entity_id);
        return { ...NOTHING, removed: gone ? [gone.id] : [] };
      }
      const renamed = old_entity_id === undefined ? undefined : entries.get(old_entity_id);
      if (renamed && old_entity_id !== undefined) {
        entries.delete(old_entity_id);
        entries.set(entity_id, { ...renamed, entity_id });
      }
      // Should the connection end here, the rename itself still holds for what was received after it.
      await loadEntity(entity_id, call).catch(() => {});
      const entry = entries.get(entity_id);
      return { ...NOTHING, entities: entry ? [describe(entry)] : [] };
    },
    entities: all,
    records: (kind) => [...(lists.get(kind) ?? [])].map(([id, record]) => ({ id, content: record })),
    isOwn: (entityId) => isOwnPlatform(entries.get(entityId)?.platform),
    fingerprint: () => [
      ...[...entries.values()].map((entry) => entry.id),
      ...[...(lists.get("config_entry")?.keys() ?? [])],
    ],
  };
}
