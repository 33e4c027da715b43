import type { Attributes, Context } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Random } from "../../core/base/random.ts";
import type { Core } from "../../core/core.ts";
import type { OwnedEntity } from "../../core/owned.ts";
import type { Services } from "../../core/services.ts";
import type { EntityPlan, HomePlan } from "../plan/plan.ts";
import type { Local } from "./local-time.ts";

export type Written = {
  readonly key: string;
  readonly before: string;
  readonly after: string;
  readonly context: Context;
};

/** What the parts of the model see of the home: its time, its entities by key, and each other's changes. */
export type World = {
  readonly random: Random;
  now(): Micros;
  local(time?: Micros): Local;
  after(seconds: number, run: () => void): void;
  at(time: Micros, run: () => void): void;
  /** Again and again, at the given pace with a little irregularity. */
  every(seconds: number, run: () => void): void;
  state(key: string): string;
  attributes(key: string): Attributes;
  /** `changing` are attributes beside the ones that the plan fixes; `context` is that of a service call behind it. */
  write(key: string, state: string, changing?: Attributes, context?: Context): Context;
  /** Hears changes of the state text of one entity. */
  onChange(key: string, hear: (written: Written) => void): void;
  context(parts?: { parentId?: string | null; userId?: string | null }): Context;
  fire(type: string, data: Attributes, context: Context): void;
  /** Calls a service of Home Assistant, as automations and people do. */
  call(service: string, keys: readonly string[], data: Attributes, context: Context): void;
  entityId(key: string): string;
  keyOf(entityId: string): string | undefined;
  /** Takes the entities of a device off the air, or brings them back with what happened meanwhile. */
  setOffline(deviceKey: string, offline: boolean): void;
};

export function createWorld(needs: {
  plan: HomePlan;
  core: Core;
  services: Services;
  entities: ReadonlyMap<string, OwnedEntity>;
  schedule: (time: Micros, run: () => void) => void;
  random: Random;
  local: (time: Micros) => Local;
  /** The moment that is being played, and the time stamp that it gets. */
  moment: () => Micros;
  stamp: (moment: Micros) => Micros;
}): World {
  const { plan, core, services, entities, schedule, random, local, moment, stamp } = needs;
  const fixed = new Map<string, Attributes>();
  const values = new Map<string, { state: string; shown: Attributes }>();
  const deviceOf = new Map<string, string>();
  const keys = new Map<OwnedEntity, string>();
  const offline = new Set<string>();
  const hearers = new Map<string, ((written: Written) => void)[]>();
  for (const device of plan.devices)
    for (const entity of device.entities) {
      fixed.set(entity.key, fixedAttributes(entity));
      deviceOf.set(entity.key, device.key);
    }
  for (const entity of plan.loose) fixed.set(entity.key, fixedAttributes(entity));
  for (const [key, entity] of entities) keys.set(entity, key);

  const entityOf = (key: string): OwnedEntity => {
    const entity = entities.get(key);
    if (!entity) throw new Error(`the plan has no entity ${key}`);
    return entity;
  };
  const isOffline = (key: string) => offline.has(deviceOf.get(key) ?? "");
  const context: World["context"] = (parts = {}) => core.newContext({ ...parts, time: stamp(moment()) });
  const show = (key: string, by: Context, asked = false) => {
    const value = values.get(key);
    if (!value) return;
    const options = { time: stamp(moment()), context: by, asked };
    if (isOffline(key)) entityOf(key).write("unavailable", fixed.get(key) ?? {}, options);
    else entityOf(key).write(value.state, value.shown, options);
  };

  return {
    random,
    now: moment,
    local: (time = moment()) => local(time),
    after: (seconds, run) => schedule(moment() + Math.max(1, Math.round(seconds * 1e6)), run),
    at: (time, run) => schedule(Math.max(time, moment()), run),
    every(seconds, run) {
      const again = () => {
        run();
        schedule(moment() + Math.round(seconds * (0.97 + random.next() * 0.06) * 1e6), again);
      };
      schedule(moment() + Math.round(seconds * random.next() * 1e6), again);
    },
    state: (key) => values.get(key)?.state ?? "unknown",
    attributes: (key) => values.get(key)?.shown ?? {},
    write(key, state, changing, asked) {
      const by = asked ?? entityOf(key).recentContext(stamp(moment())) ?? context();
      const before = values.get(key) ?? { state: "unknown", shown: fixed.get(key) ?? {} };
      values.set(key, { state, shown: changing === undefined ? before.shown : { ...fixed.get(key), ...changing } });
      show(key, by, asked !== undefined);
      if (before.state !== state)
        for (const hear of hearers.get(key) ?? []) hear({ key, before: before.state, after: state, context: by });
      return by;
    },
    onChange(key, hear) {
      hearers.set(key, [...(hearers.get(key) ?? []), hear]);
    },
    context,
    fire: (type, data, by) => core.bus.fire(type, data, by),
    call(service, targets, data, by) {
      const [domain, name] = service.split(".") as [string, string];
      const target = targets.length === 0 ? {} : { entity_id: targets.map((key) => entityOf(key).entityId) };
      // While Home Assistant is down nothing can be asked of it.
      if (core.state() !== "STOPPING") services.call({ domain, service: name, data, target, context: by });
    },
    entityId: (key) => entityOf(key).entityId,
    keyOf: (entityId) => {
      const entity = core.owned.find(entityId);
      return entity && keys.get(entity);
    },
    setOffline(deviceKey, gone) {
      if (offline.has(deviceKey) === gone) return;
      if (gone) offline.add(deviceKey);
      else offline.delete(deviceKey);
      for (const [key, device] of deviceOf) if (device === deviceKey) show(key, context());
    },
  };
}

function fixedAttributes(entity: EntityPlan): Attributes {
  const { supported_features, ...others } = entity.attributes ?? {};
  return {
    ...(entity.stateClass ? { state_class: entity.stateClass } : {}),
    ...others,
    ...(entity.unit ? { unit_of_measurement: entity.unit } : {}),
    ...(entity.deviceClass ? { device_class: entity.deviceClass } : {}),
    ...(entity.icon ? { icon: entity.icon } : {}),
    ...(supported_features === undefined ? {} : { supported_features }),
  };
}
