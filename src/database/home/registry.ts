import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import { REGISTRY_KINDS, type RegistryKind, type RegistryRecord } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** An entry as Home Assistant's registry list gives it. */
export type RegistryContent = RegistryRecord["content"];

/** Home Assistant's registries through time. What holds now is in memory; the past is read from the file. */
export type Registry = {
  /** Says what holds from `at` on; only what differs is written. */
  replaceAll(kind: RegistryKind, records: readonly RegistryRecord[], at: Micros): RegistryDifference;
  current(kind: RegistryKind): ReadonlyMap<string, RegistryContent>;
  at(kind: RegistryKind, time: Micros): ReadonlyMap<string, RegistryContent>;
};

export type RegistryDifference = { readonly added: number; readonly changed: number; readonly removed: number };

export function openRegistry({ tables }: { tables: Tables }): Registry {
  const table = schema.registry;
  const current = new Map<RegistryKind, Map<string, RegistryContent>>(REGISTRY_KINDS.map((kind) => [kind, new Map()]));
  const ofKind = (kind: RegistryKind) => current.get(kind) as Map<string, RegistryContent>;
  for (const row of tables.select().from(table).where(isNull(table.until)).all())
    current.get(row.kind as RegistryKind)?.set(row.id, row.entry);

  return {
    current: ofKind,
    at: (kind, time) => {
      const then = and(eq(table.kind, kind), lte(table.since, time), or(isNull(table.until), gt(table.until, time)));
      const rows = tables.select().from(table).where(then).orderBy(table.row).all();
      return new Map(rows.map((row) => [row.id, row.entry]));
    },
    replaceAll: (kind, records, at) => {
      const entries = new Map(records.map(({ id, content }) => [id, content]));
      const before = ofKind(kind);
      const ended = [...before.keys()].filter((id) => !entries.has(id));
      const changed = [...entries].filter(([id, entry]) => before.has(id) && !sameEntry(before.get(id), entry));
      const added = [...entries].filter(([id]) => !before.has(id));
      const counts = { added: added.length, changed: changed.length, removed: ended.length };
      if (counts.added + counts.changed + counts.removed === 0) return counts;
      tables.transaction((write) => {
        for (const id of [...ended, ...changed.map(([id]) => id)]) {
          const open = and(eq(table.kind, kind), eq(table.id, id), isNull(table.until));
          write.update(table).set({ until: at }).where(open).run();
        }
        for (const [id, entry] of [...changed, ...added])
          write.insert(table).values({ kind, id, entry, since: at, until: null }).run();
      });
      current.set(kind, entries);
      return counts;
    },
  };
}

/** Home Assistant touches `modified_at` of entries that are otherwise as before. */
const sameEntry = (a: RegistryContent | undefined, b: RegistryContent): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (key, inner) =>
    key === "modified_at"
      ? undefined
      : inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
  );
