import type { Attributes, Context } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { FullEntity } from "../registry/entities.ts";
import type { Registries } from "../registry/registries.ts";
import type { SetOptions, States } from "./state/states.ts";
import { sameValue } from "./state/wire.ts";

/**
 * An entity that an integration of the simulated home stands behind. It keeps its value while Home Assistant is down
 * and follows its registry entry through renames.
 */
export type OwnedEntity = {
  readonly entityId: string;
  readonly value: { readonly state: string; readonly attributes: Attributes } | undefined;
  /** Attributes without the name: that comes from the registry. `asked` true: a service call is behind it. */
  write(state: string, attributes: Attributes, options?: SetOptions & { asked?: boolean }): void;
  /** The context that the entity's next state has: that of a service call in the last seconds. */
  recentContext(time: Micros): Context | undefined;
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

/** Home Assistant lays what an entity does within 5 s of a service call to that call. */
const CONTEXT_MICROS = 5_000_000;

type Held = OwnedEntity & { entityId: string; value: OwnedEntity["value"]; show(options?: SetOptions): void };

export function createOwnedEntities(needs: {
  states: States;
  registries: Registries;
  now: () => Micros;
  isUp: () => boolean;
}): OwnedEntities {
  const { states, registries, now, isUp } = needs;
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
      const registryOf = (): FromRegistry =>
        "entry" in what
          ? { name: friendlyName(what.entry), icon: what.entry.icon, deviceClass: what.entry.device_class }
          : { name: what.name, icon: null, deviceClass: null };
      // One object per value keeps the recorder's and the wire's caches of attribute texts small.
      let named: { from: Attributes; by: FromRegistry; to: Attributes } | undefined;
      let recent: { context: Context; time: Micros } | undefined;
      const held: Held = {
        entityId: "entry" in what ? what.entry.entity_id : what.entityId,
        value: undefined,
        write(state, attributes, options) {
          held.value = { state, attributes };
          if (options?.asked && options.context) recent = { context: options.context, time: options.time ?? now() };
          held.show(options);
        },
        recentContext: (time) => (recent && time - recent.time <= CONTEXT_MICROS ? recent.context : undefined),
        show(options) {
          if (!held.value || !isUp() || all.get(held.entityId) !== held) return;
          if ("entry" in what && what.entry.disabled_by !== null) return;
          const by = registryOf();
          const { state, attributes } = held.value;
          if (named?.from !== attributes || !sameValue(named.by, by))
            named = { from: attributes, by, to: withRegistry(attributes, by) };
          const context = options?.context ?? held.recentContext(options?.time ?? now());
          states.set(held.entityId, state, named.to, { ...options, ...(context ? { context } : {}) });
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

type FromRegistry = { readonly name: string; readonly icon: string | null; readonly deviceClass: string | null };

/** `supported_features` comes last, as Home Assistant writes it. */
function withRegistry(attributes: Attributes, { name, icon, deviceClass }: FromRegistry): Attributes {
  const { supported_features, ...others } = attributes;
  return {
    ...others,
    ...(deviceClass === null ? {} : { device_class: deviceClass }),
    ...(icon === null ? {} : { icon }),
    friendly_name: name,
    ...(supported_features === undefined ? {} : { supported_features }),
  };
}
