/**
 * Writes changes to SQLite as Home Assistant's recorder does: its tables and indexes, its settings of the connection,
 * its sharing of equal attributes, its one commit every few seconds. What the recorder writes besides (events, its
 * updates of last_reported, statistics) is left out, so it writes less than the real one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { fnv1a, secondsOf, ulidBytes, uuidBytes } from "./encode.ts";

export type RecordedChange = {
  readonly entity_id: string;
  readonly new_state: {
    readonly state: string;
    readonly attributes: { readonly [name: string]: unknown };
    readonly last_changed: string;
    readonly last_updated: string;
  } | null;
  readonly time_fired: string;
  readonly context: { readonly id: string; readonly parent_id: string | null; readonly user_id: string | null };
};

export type Replica = {
  /** Written at the next commit. */
  record(change: RecordedChange): void;
  commit(): void;
  readonly rows: number;
  /** Commits and closes: the last connection's end moves the log into the database. */
  close(): void;
};

export function openReplica(file: string): Replica {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("cache_size = -16384");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  database.exec(readFileSync(join(import.meta.dirname, "schema.sql"), "utf8"));
  const insertMeta = database.prepare("INSERT INTO states_meta (entity_id) VALUES (?)");
  const insertAttributes = database.prepare("INSERT INTO state_attributes (hash, shared_attrs) VALUES (?, ?)");
  const insertState = database.prepare(
    `INSERT INTO states (state, last_changed_ts, last_updated_ts, old_state_id, attributes_id, origin_idx,
       context_id_bin, context_user_id_bin, context_parent_id_bin, metadata_id) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)`,
  );
  const metadataIds = new Map<string, number>();
  const attributesIds = new Map<string, number>();
  const lastStateIds = new Map<string, number>();
  let pending: RecordedChange[] = [];
  let rows = 0;

  const idOf = (known: Map<string, number>, text: string, insert: () => Database.RunResult): number => {
    const id = known.get(text) ?? Number(insert().lastInsertRowid);
    known.set(text, id);
    return id;
  };
  const write = (change: RecordedChange) => {
    const { entity_id, new_state, context } = change;
    const texts = JSON.stringify(new_state?.attributes ?? {});
    const attributesId = idOf(attributesIds, texts, () => insertAttributes.run(fnv1a(texts), texts));
    const metadataId = idOf(metadataIds, entity_id, () => insertMeta.run(entity_id));
    const updated = secondsOf(new_state?.last_updated ?? change.time_fired);
    const changed =
      new_state && new_state.last_changed !== new_state.last_updated ? secondsOf(new_state.last_changed) : null;
    const { lastInsertRowid } = insertState.run(
      new_state?.state ?? null,
      changed,
      updated,
      lastStateIds.get(entity_id) ?? null,
      attributesId,
      ulidBytes(context.id),
      uuidBytes(context.user_id),
      ulidBytes(context.parent_id),
      metadataId,
    );
    rows++;
    if (new_state) lastStateIds.set(entity_id, Number(lastInsertRowid));
    else lastStateIds.delete(entity_id);
  };
  const commit = database.transaction(() => {
    for (const change of pending) write(change);
    pending = [];
  });
  return {
    record: (change) => void pending.push(change),
    commit: () => {
      if (pending.length > 0) commit();
    },
    get rows() {
      return rows;
    },
    close: () => {
      if (pending.length > 0) commit();
      database.close();
    },
  };
}
