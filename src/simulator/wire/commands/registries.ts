import { Failure } from "../../../domain/failure.ts";
import type { Core } from "../../core/core.ts";
import { displayed, type FullEntity, listed } from "../../registry/entities.ts";
import type { CategoryEntry, DeviceEntry } from "../../registry/entries.ts";
import type { NamedRegistry } from "../../registry/named.ts";
import type { Commands } from "../command.ts";
import {
  entityId,
  entityIds,
  idsOf,
  listOf,
  may,
  must,
  object,
  orNull,
  type Schema,
  text,
  whole,
} from "../messages/schema.ts";

export function registryCommands({ core }: { core: Core }): Commands {
  const { registries } = core;
  const { entities, devices, areas, floors, labels, categories, configEntries } = registries;
  const found = (id: string): FullEntity => {
    const entry = entities.get(id);
    if (!entry) throw new Failure("not_found", "Entity not found");
    return entry;
  };
  return {
    "config/entity_registry/list": {
      schema: {},
      run: (connection, { id }) => connection.result(id, entities.list().map(listed)),
    },
    "config/entity_registry/list_for_display": {
      schema: {},
      run: (connection, { id }) =>
        connection.result(id, {
          entity_categories: { 0: "config", 1: "diagnostic" },
          entities: entities
            .list()
            .filter((entry) => entry.disabled_by === null)
            .map(displayed),
        }),
    },
    "config/entity_registry/get": {
      schema: { entity_id: must(entityId) },
      run: (connection, { id, entity_id }) => connection.result(id, found(entity_id as string)),
    },
    "config/entity_registry/get_entries": {
      schema: { entity_ids: must(entityIds) },
      run: (connection, { id, entity_ids }) =>
        connection.result(id, Object.fromEntries(idsOf(entity_ids).map((one) => [one, entities.get(one) ?? null]))),
    },
    "config/entity_registry/update": {
      admin: true,
      schema: {
        entity_id: must(entityId),
        aliases: may(listOf(orNull(text))),
        area_id: may(orNull(text)),
        categories: may(object),
        device_class: may(orNull(text)),
        icon: may(orNull(text)),
        labels: may(listOf(text)),
        name: may(orNull(text)),
        new_entity_id: may(text),
        disabled_by: may(orNull(text)),
        hidden_by: may(orNull(text)),
        options_domain: may(text),
        options: may(orNull(object)),
      },
      run(connection, message) {
        const { id, entity_id, type, new_entity_id, categories, options_domain, options, ...fields } = message;
        const entry = found(entity_id as string);
        const news: Partial<FullEntity> = { ...fields };
        if (new_entity_id !== undefined) news.entity_id = new_entity_id as string;
        if (categories !== undefined) news.categories = mergeCategories(entry, categories as Scopes);
        if (options_domain !== undefined)
          news.options = {
            ...entry.options,
            [options_domain as string]: (options ?? {}) as { [name: string]: unknown },
          };
        connection.result(id, { entity_entry: core.updateEntity(entity_id as string, news) });
      },
    },
    "config/entity_registry/remove": {
      admin: true,
      schema: { entity_id: must(entityId) },
      run(connection, { id, entity_id }) {
        found(entity_id as string);
        core.removeEntity(entity_id as string);
        connection.result(id, null);
      },
    },
    "config/device_registry/list": {
      schema: {},
      run: (connection, { id }) => connection.result(id, devices.list()),
    },
    "config/device_registry/update": {
      admin: true,
      schema: {
        device_id: must(text),
        area_id: may(orNull(text)),
        disabled_by: may(orNull(text)),
        labels: may(listOf(text)),
        name_by_user: may(orNull(text)),
      },
      run(connection, { id, type, device_id, ...fields }) {
        const device = devices.update(device_id as string, fields as Partial<DeviceEntry>);
        for (const entry of entities.list()) if (entry.device_id === device.id) core.owned.refresh(entry.entity_id);
        connection.result(id, device);
      },
    },
    ...namedCommands("area", areas, {
      aliases: may(listOf(text)),
      floor_id: may(orNull(text)),
      humidity_entity_id: may(orNull(text)),
      icon: may(orNull(text)),
      labels: may(listOf(text)),
      picture: may(orNull(text)),
      temperature_entity_id: may(orNull(text)),
    }),
    ...namedCommands("floor", floors, {
      aliases: may(listOf(text)),
      icon: may(orNull(text)),
      level: may(orNull(whole)),
    }),
    ...namedCommands("label", labels, {
      color: may(orNull(text)),
      description: may(orNull(text)),
      icon: may(orNull(text)),
    }),
    "config/category_registry/list": {
      schema: { scope: must(text) },
      run: (connection, { id, scope }) =>
        connection.result(id, (categories.get(scope as string) ?? []) satisfies CategoryEntry[]),
    },
    "config_entries/get": {
      schema: { type_filter: may(listOf(text)), domain: may(text) },
      run: (connection, { id, domain }) =>
        connection.result(
          id,
          configEntries.filter((entry) => domain === undefined || entry.domain === domain),
        ),
    },
  };
}

type Scopes = { [scope: string]: string | null };

function mergeCategories(entry: FullEntity, scopes: Scopes): { [scope: string]: string } {
  const merged: Scopes = { ...entry.categories, ...scopes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as { [s: string]: string };
}

/** list, create, update and delete of one registry of named things. */
function namedCommands<T extends { name: string; created_at: number; modified_at: number }>(
  noun: string,
  registry: NamedRegistry<T>,
  fields: Schema,
): Commands {
  const command = (verb: string) => `config/${noun}_registry/${verb}`;
  const idKey = `${noun}_id`;
  return {
    [command("list")]: { schema: {}, run: (connection, { id }) => connection.result(id, registry.list()) },
    [command("create")]: {
      admin: true,
      schema: { name: must(text), ...fields },
      run: (connection, { id, type, ...rest }) =>
        connection.result(id, registry.create(rest as Partial<T> & { name: string })),
    },
    [command("update")]: {
      admin: true,
      schema: { [idKey]: must(text), name: may(text), ...fields },
      run: (connection, { id, type, [idKey]: which, ...rest }) =>
        connection.result(id, registry.update(which as string, rest as Partial<T>)),
    },
    [command("delete")]: {
      admin: true,
      schema: { [idKey]: must(text) },
      run(connection, { id, [idKey]: which }) {
        registry.remove(which as string);
        connection.result(id, noun === "area" ? "success" : null);
      },
    },
  };
}
