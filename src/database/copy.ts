import Sqlite from "better-sqlite3";
import { describeError, Failure } from "../domain/failure.ts";
import type { HomeFingerprint } from "../domain/home/home.ts";

/** What app.db or a copy of it says of itself, without being changed. */
export type DatabaseLook = {
  readonly migrations: number;
  /** Whose data it is; undefined: it has met no home yet. */
  readonly home: HomeFingerprint | undefined;
  /** What SQLite finds wrong with it; empty: nothing. */
  readonly wrong: readonly string[];
};

/** A copy of app.db as of one moment, while the hub goes on writing to it. */
export async function copyDatabase(file: string, target: string): Promise<void> {
  const sqlite = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    // All pages in one step: a writer in between would begin the copy anew.
    await sqlite.backup(target, { progress: () => Number.MAX_SAFE_INTEGER });
  } finally {
    sqlite.close();
  }
}

/** @throws Failure `database_unreadable` */
export function lookAtDatabase(file: string): DatabaseLook {
  try {
    const sqlite = new Sqlite(file, { readonly: true, fileMustExist: true });
    try {
      const found = sqlite.pragma("integrity_check") as { integrity_check: string }[];
      const orphans = sqlite.pragma("foreign_key_check") as { table: string }[];
      return {
        migrations: countMigrations(sqlite),
        home: homeIn(sqlite),
        wrong: [
          ...found.map(({ integrity_check }) => integrity_check).filter((text) => text !== "ok"),
          ...orphans.slice(0, 1).map(({ table }) => `rows of ${table} point nowhere`),
        ],
      };
    } finally {
      sqlite.close();
    }
  } catch (error) {
    throw new Failure("database_unreadable", `${file} cannot be read: ${describeError(error)}`, { cause: error });
  }
}

function homeIn(sqlite: Sqlite.Database): HomeFingerprint | undefined {
  if (!sqlite.prepare("select 1 from sqlite_master where name = 'home'").get()) return undefined;
  const row = sqlite.prepare("select simulated, ids from home").get() as { simulated: number; ids: string } | undefined;
  return row && { simulated: row.simulated === 1, ids: JSON.parse(row.ids) };
}

function countMigrations(sqlite: Sqlite.Database): number {
  const table = sqlite.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  return table ? (sqlite.prepare("select count(*) from __drizzle_migrations").pluck().get() as number) : 0;
}
