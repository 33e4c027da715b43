import type { SeriesId } from "../domain/data/reading.ts";
import { currentIdentity, type Identity, type Series } from "../domain/data/series.ts";
import type { RegisteredEntity, RegistryUpdate } from "../domain/home/home.ts";
import { isOutside } from "../domain/outside/names.ts";
import type { Micros } from "../domain/time/time.ts";

export type SeriesEntry = { readonly kind: "series"; readonly series: SeriesId; readonly identity: Identity };

/**
 * Files changes under series. A series follows Home Assistant's registry id where there is one, so a rename or a swap
 * of names keeps every history where it belongs; an entity without one (sun, zones, YAML) is known by its name until
 * it gains one, and then joins the series that had the name.
 */
export type Identities = {
  /** The series of a change, and the entry that makes it if it is new. A removal of what is not known has none. */
  resolve(entityId: string, isRemoval: boolean, time: Micros): { series: SeriesId; entry?: SeriesEntry } | undefined;
  /** The series of a source's quantity. What Home Assistant calls the same is another one. */
  outside(name: string, time: Micros): { series: SeriesId; entry?: SeriesEntry };
  /** What the registry's news alters. `orphaned`: series that lost their name to nobody's rename. */
  apply(update: RegistryUpdate): { entries: SeriesEntry[]; orphaned: SeriesId[] };
  /** The series that has this name now. */
  holder(entityId: string): SeriesId | undefined;
  /** Every name that is held, with its series. */
  named(): Iterable<readonly [entityId: string, series: SeriesId]>;
  /** The name that a series has now, or had last. */
  nameOf(series: SeriesId): string | undefined;
  identityOf(series: SeriesId): Identity | undefined;
};

export function createIdentities(known: Iterable<Series>): Identities {
  const current = new Map<SeriesId, Identity>();
  const byRegistryId = new Map<string, SeriesId>();
  const byName = new Map<string, SeriesId>();
  /** Who had a reading under a name last: a removal that follows a rename still belongs to it. */
  const lastUnder = new Map<string, SeriesId>();
  const registered = new Map<string, RegisteredEntity>();
  const nameOf = new Map<string, string>();
  /** Series whose registry entry is gone and that keep their name for the time being. */
  let kept = new Set<SeriesId>();
  let next: SeriesId = 1;

  for (const series of known) {
    const identity = currentIdentity(series);
    current.set(series.id, identity);
    if (identity.registryId !== null) byRegistryId.set(identity.registryId, series.id);
    if (identity.holdsName) {
      byName.set(identity.entityId, series.id);
      lastUnder.set(identity.entityId, series.id);
    }
    next = Math.max(next, series.id + 1);
  }

  const commit = (series: SeriesId, identity: Identity): SeriesEntry => {
    const before = current.get(series);
    if (before?.holdsName && byName.get(before.entityId) === series) byName.delete(before.entityId);
    current.set(series, identity);
    if (identity.registryId !== null) byRegistryId.set(identity.registryId, series);
    if (identity.holdsName) byName.set(identity.entityId, series);
    return { kind: "series", series, identity };
  };
  const create = (identity: Identity) => {
    const series = next++;
    return { series, entry: commit(series, identity) };
  };
  /** The series of a registry entry: its own, else one without registry id that has its name. */
  const seriesFor = (entity: RegisteredEntity): SeriesId | undefined => {
    const own = byRegistryId.get(entity.registryId);
    if (own !== undefined) return own;
    const holder = isOutside(entity.entityId) ? undefined : byName.get(entity.entityId);
    return holder !== undefined && current.get(holder)?.registryId === null ? holder : undefined;
  };
  const register = (update: RegistryUpdate) => {
    if (update.complete) {
      registered.clear();
      nameOf.clear();
    }
    const forget = (registryId: string) => {
      const name = nameOf.get(registryId);
      if (name !== undefined && registered.get(name)?.registryId === registryId) registered.delete(name);
      nameOf.delete(registryId);
    };
    for (const registryId of update.removed) forget(registryId);
    for (const entity of update.entities) forget(entity.registryId);
    for (const entity of update.entities) {
      registered.set(entity.entityId, entity);
      nameOf.set(entity.registryId, entity.entityId);
    }
  };

  return {
    holder: (entityId) => byName.get(entityId),
    named: () => byName.entries(),
    nameOf: (series) => current.get(series)?.entityId,
    identityOf: (series) => current.get(series),
    outside: (name, time) => {
      const holder = byName.get(name);
      return holder === undefined ? create(unregistered(name, time)) : { series: holder };
    },
    resolve: (entityId, isRemoval, time) => {
      // The hub's own names: an entity that somebody made under one would be filed among its values.
      if (isOutside(entityId)) return undefined;
      if (isRemoval) {
        const series = lastUnder.get(entityId);
        return series === undefined ? undefined : { series };
      }
      const entity = registered.get(entityId);
      const holder = entity ? seriesFor(entity) : byName.get(entityId);
      const identity = holder === undefined ? undefined : current.get(holder);
      // A holder with a registry id that the registry no longer knows is another entity that had the name before.
      if (holder !== undefined && identity && (entity || identity.registryId === null || kept.has(holder))) {
        lastUnder.set(entityId, holder);
        return { series: holder };
      }
      const made = create(entity ? fromRegistry(entity, time) : unregistered(entityId, time));
      lastUnder.set(entityId, made.series);
      return made;
    },
    apply: (update) => {
      const pending = new Map<SeriesId, Identity>();
      const orphaned: SeriesId[] = [];
      // First who is who, then who has which name: a swap alters two names at once.
      for (const entity of update.entities) {
        const series = seriesFor(entity);
        const before = series === undefined ? undefined : current.get(series);
        if (series === undefined || !before) continue;
        const from = update.complete ? Math.min(update.at, Math.max(entity.modified, before.from + 1)) : update.at;
        const identity = fromRegistry(entity, from);
        if (!sameIdentity(before, identity)) pending.set(series, identity);
      }
      register(update);
      if (update.complete) kept = new Set();
      for (const [series, identity] of current) {
        if (!identity.holdsName || pending.has(series) || isOutside(identity.entityId)) continue;
        const owner = registered.get(identity.entityId);
        const taken = owner !== undefined && seriesFor(owner) !== series;
        const gone =
          identity.registryId !== null &&
          (update.complete ? !nameOf.has(identity.registryId) : update.removed.includes(identity.registryId));
        if (!taken && !gone) continue;
        if (!taken && update.keepGone) {
          kept.add(series);
          continue;
        }
        pending.set(series, { ...identity, holdsName: false, from: update.at });
        orphaned.push(series);
      }
      // Names are given up before they are given away.
      for (const series of pending.keys()) {
        const before = current.get(series) as Identity;
        if (byName.get(before.entityId) === series) byName.delete(before.entityId);
      }
      return { entries: [...pending].map(([series, identity]) => commit(series, identity)), orphaned };
    },
  };
}

const fromRegistry = (entity: RegisteredEntity, from: Micros): Identity => ({
  from,
  entityId: entity.entityId,
  holdsName: true,
  registryId: entity.registryId,
  name: entity.name,
  deviceId: entity.deviceId,
  areaId: entity.areaId,
  floorId: entity.floorId,
  labels: entity.labels,
  integration: entity.integration,
  category: entity.category,
});

const unregistered = (entityId: string, from: Micros): Identity => ({
  from,
  entityId,
  holdsName: true,
  registryId: null,
  name: null,
  deviceId: null,
  areaId: null,
  floorId: null,
  labels: [],
  integration: null,
  category: null,
});

const sameIdentity = (a: Identity, b: Identity): boolean => {
  const { from: _, ...left } = a;
  const { from: __, ...right } = b;
  return Object.keys(left).every((key) => {
    const [x, y] = [left[key as keyof typeof left], right[key as keyof typeof right]];
    return Array.isArray(x) && Array.isArray(y) ? x.join("\n") === y.join("\n") : x === y;
  });
};
