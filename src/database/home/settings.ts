import { eq } from "drizzle-orm";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** Values by key, kept as JSON. Whoever reads one checks it: an older version may have written it. */
export type Settings = {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  remove(key: string): void;
};

export function openSettings({ tables }: { tables: Tables }): Settings {
  const table = schema.settings;
  const values = new Map(
    tables
      .select()
      .from(table)
      .all()
      .map((row) => [row.key, row.value]),
  );
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      tables.insert(table).values({ key, value }).onConflictDoUpdate({ target: table.key, set: { value } }).run();
      values.set(key, value);
    },
    remove: (key) => {
      tables.delete(table).where(eq(table.key, key)).run();
      values.delete(key);
    },
  };
}
