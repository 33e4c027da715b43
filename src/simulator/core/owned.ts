import type { Attributes } from "../../domain/reading.ts";
import type { FullEntity } from "../registry/entities.ts";
import type { Registries } from "../registry/registries.ts";
import type { SetOptions, States } from "./state/states.ts";

/**
 * An entity that an integration of the simulated home stands behind. It keeps its value while Home Assistant is down
 * and follows its registry entry through renames.
 */
export type OwnedEntity = {
  readonly entityId: string;
  readonly value: { readonly state: string; readonly attributes: Attributes } | undefined;
  /** Attributes without the name: that comes from the registry. */
  write(state: string, attributes: Attributes, options?: SetOptions): void;
};

export type OwnedEntities = {
  /** With an entry: registered. Without: known by `entityId` and `name` alone (sun, zones). */
  add(what: { entry: FullEntity } | { entityId: string; name: string }): OwnedEntity;
  find(entityId: string): OwnedEntity | undefined;
  renamed(from: string, to: string): void;
  forget(entityId: string): void;
  /** Writes the entity again, for instance under a new name. */
  refresh(entityId: string): void;
  refreshAll(): void;
  list(): Iterable<OwnedEntity>;
};

type Held = OwnedEntity & { entityId: string; value: OwnedEntity["value"]; show(options?: SetOptions): void };

export function createOwnedEntities(needs: {
  states: States;
  registries: Registries;
  isUp: () => boolean;
}): OwnedEntities {
  const { states, registries, isUp } = needs;
  const all = new Map<string, Held>();

  const friendlyName = (entry: FullEntity): string => {
    const device = entry.device_id === null ? undefined : registries.devices.get(entry.device_id);
    const own = entry.name ?? entry.original_name;
    if (!device) return own ?? entry.entity_id;
    const deviceName = device.name_by_user ?? device.name ?? "";
    return own ? `${deviceName} ${own}` : deviceName;
  };

  return {
    add(what) {
      const nameOf = () => ("entry" in what ? friendlyName(what.entry) : what.name);
      // One object per value keeps the recorder's and the wire's caches of attribute texts small.
      let named: { from: Attributes; name: string; to: Attributes } | undefined;
      const held: Held = {
        entityId: "entry" in what ? what.entry.entity_id : what.entityId,
        value: undefined,
        write(state, attributes, options) {
          held.value = { state, attributes };
          held.show(options);
        },
        show(options) {
          if (!held.value || !isUp() || all.get(held.entityId) !== held) return;
          if ("entry" in what && what.entry.disabled_by !== null) return;
          const name = nameOf();
          const { state, attributes } = held.value;
          if (named?.from !== attributes || named.name !== name)
            named = { from: attributes, name, to: withName(attributes, name) };
          states.set(held.entityId, state, named.to, options);
        },
      };
      all.set(held.entityId, held);
      return held;
    },
    find: (entityId) => all.get(entityId),
    renamed(from, to) {
      const held = all.get(from);
      if (!held) return;
      all.delete(from);
      held.entityId = to;
      all.set(to, held);
    },
    forget: (entityId) => void all.delete(entityId),
    refresh: (entityId) => all.get(entityId)?.show(),
    refreshAll() {
      for (const held of all.values()) held.show();
    },
    list: () => all.values(),
  };
}

/** `supported_features` comes last, as Home Assistant writes it. */
function withName(attributes: Attributes, name: string): Attributes {
  const { supported_features, ...others } = attributes;
  return supported_features === undefined
    ? { ...others, friendly_name: name }
    : { ...others, friendly_name: name, supported_features };
}
