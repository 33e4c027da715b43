import type { Attributes } from "../../domain/data/reading.ts";
import { domainOf } from "../../domain/data/series.ts";
import { Failure } from "../../domain/failure.ts";
import { sameValue } from "../core/state/wire.ts";
import type { EntityEntry, EntityExtras } from "./entries.ts";

export type FullEntity = EntityEntry & EntityExtras;

/** Home Assistant's entity registry. Entries are found by entity id, registry id, or the integration's own unique id. */
export type EntityRegistry = {
  list(): FullEntity[];
  get(entityId: string): FullEntity | undefined;
  byUniqueId(platform: string, uniqueId: string): FullEntity | undefined;
  add(entry: FullEntity): void;
  /** Applies what differs and announces it; a new entity id moves the entry. */
  update(entityId: string, fields: Partial<FullEntity>): FullEntity;
  remove(entityId: string): boolean;
};

export const ENTITY_ID = /^(?!.+__)(?!_)[\da-z_]+(?<!_)\.(?!_)[\da-z_]+(?<!_)$/;

export function createEntityRegistry(needs: {
  seconds: () => number;
  fire: (data: Attributes) => void;
  isTaken: (entityId: string) => boolean;
}): EntityRegistry {
  const { seconds, fire, isTaken } = needs;
  const entries = new Map<string, FullEntity>();
  const unique = new Map<string, FullEntity>();
  const uniqueKey = (platform: string, uniqueId: string) => `${platform}\n${uniqueId}`;

  const checkRename = (from: string, to: string) => {
    if (entries.has(to) || isTaken(to))
      throw new Failure("invalid_info", "Entity with this ID is already registered", { fix: `Free ${to} first.` });
    if (!ENTITY_ID.test(to)) throw new Failure("invalid_info", "Invalid entity ID");
    if (domainOf(from) !== domainOf(to)) throw new Failure("invalid_info", "New entity ID should be same domain");
  };

  return {
    list: () => [...entries.values()],
    get: (entityId) => entries.get(entityId),
    byUniqueId: (platform, uniqueId) => unique.get(uniqueKey(platform, uniqueId)),
    add(entry) {
      entries.set(entry.entity_id, entry);
      unique.set(uniqueKey(entry.platform, entry.unique_id), entry);
      fire({ action: "create", entity_id: entry.entity_id });
    },
    update(entityId, fields) {
      const entry = entries.get(entityId);
      if (!entry) throw new Failure("not_found", "Entity not found");
      const news = Object.entries(fields).filter(([key, value]) => !sameValue(entry[key as keyof FullEntity], value));
      if (news.length === 0) return entry;
      const renamed = news.some(([key]) => key === "entity_id");
      if (renamed) checkRename(entityId, fields.entity_id as string);
      const changes = Object.fromEntries(news.map(([key]) => [key, entry[key as keyof FullEntity]]));
      Object.assign(entry, Object.fromEntries(news), { modified_at: seconds() });
      if (renamed) {
        entries.delete(entityId);
        entries.set(entry.entity_id, entry);
      }
      fire({
        action: "update",
        entity_id: entry.entity_id,
        changes,
        ...(renamed ? { old_entity_id: entityId } : {}),
      });
      return entry;
    },
    remove(entityId) {
      const entry = entries.get(entityId);
      if (!entry) return false;
      entries.delete(entityId);
      unique.delete(uniqueKey(entry.platform, entry.unique_id));
      fire({ action: "remove", entity_id: entityId });
      return true;
    },
  };
}

const EXTRAS: readonly (keyof EntityExtras)[] = [
  "aliases",
  "capabilities",
  "device_class",
  "original_device_class",
  "original_icon",
];

/** What `config/entity_registry/list` shows of an entry. */
export function listed(entry: FullEntity): EntityEntry {
  return Object.fromEntries(
    Object.entries(entry).filter(([key]) => !EXTRAS.includes(key as keyof EntityExtras)),
  ) as EntityEntry;
}

/** What `config/entity_registry/list_for_display` shows: short keys, and only what is set. */
export function displayed(entry: FullEntity): Attributes {
  const short: [string, unknown][] = [
    ["ei", entry.entity_id],
    ["pl", entry.platform],
    ["ai", entry.area_id],
    ["lb", entry.labels],
    ["di", entry.device_id],
    ["np", entry.next_name_part],
    ["ic", entry.icon],
    ["tk", entry.translation_key],
    ["ec", entry.entity_category === null ? null : entry.entity_category === "config" ? 0 : 1],
    ["hb", entry.hidden_by === null ? null : true],
    ["en", (entry.name ?? entry.original_name) || null],
    ["dp", domainOf(entry.entity_id) === "sensor" ? precisionOf(entry) : null],
  ];
  return Object.fromEntries(short.filter(([, value]) => value !== null));
}

function precisionOf(entry: FullEntity): unknown {
  const options = entry.options.sensor ?? {};
  return options.display_precision ?? options.suggested_display_precision ?? null;
}
