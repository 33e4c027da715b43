import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type Sqlite from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { describeError, Failure } from "../domain/failure.ts";
import type { Log } from "../platform/log.ts";

/**
 * Brings the file forward, never back. A database that holds something is copied first; when a step fails, or leaves
 * rows that point nowhere, the copy takes its place again.
 */
export function migrateDatabase(needs: { sqlite: Sqlite.Database; file: string; migrations: URL; log: Log }): void {
  const { sqlite, file, migrations, log } = needs;
  const migrationsFolder = fileURLToPath(migrations);
  const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis);
  const applied = appliedMigrations(sqlite);
  const newestKnown = Math.max(0, ...known);
  const newestApplied = Math.max(0, ...applied);
  if (newestApplied > newestKnown) {
    sqlite.close();
    throw tooNew(file, applied.length, known.length);
  }
  const pending = known.filter((when) => when > newestApplied).length;
  if (pending === 0) return;
  const copy = applied.length > 0 ? copyBefore(sqlite, file, applied.length) : undefined;
  try {
    // Must be off before the migrator opens its transaction: inside one the pragma does nothing, and a table that is
    // rebuilt would delete the rows that refer to it.
    sqlite.pragma("foreign_keys = OFF");
    migrate(drizzle(sqlite), { migrationsFolder });
    const broken = sqlite.pragma("foreign_key_check") as { table: string; parent: string }[];
    const first = broken[0];
    if (first) throw new Error(`${broken.length} rows point nowhere, the first from ${first.table} to ${first.parent}`);
  } catch (error) {
    sqlite.close();
    if (copy) putBack(copy, file);
    // drizzle's own error only repeats the statement; SQLite's words are its cause.
    const why = describeError((error instanceof Error && error.cause) || error);
    throw new Failure("database_migration_failed", `${file} could not be brought up to date: ${why}`, {
      fix: copy
        ? "The file is as it was before. Start the earlier version of the hub again and report this."
        : "Move the file away and start again.",
      cause: error,
    });
  }
  log.info("The database is up to date", { migrations: pending, copy });
}

const tooNew = (file: string, applied: number, known: number): Failure =>
  new Failure(
    "database_too_new",
    `${file} was written by a newer version of the hub (${applied} migrations, this version knows ${known})`,
    { fix: `Start that newer version again, or put back a copy of ${file} made before the update.` },
  );

function appliedMigrations(sqlite: Sqlite.Database): number[] {
  const table = sqlite.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (!table) return [];
  return sqlite.prepare("select created_at from __drizzle_migrations").pluck().all() as number[];
}

function copyBefore(sqlite: Sqlite.Database, file: string, applied: number): string {
  const copy = `${file}.before-migration-${applied + 1}`;
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  copyFileSync(file, copy);
  return copy;
}

function putBack(copy: string, file: string): void {
  for (const rest of [`${file}-wal`, `${file}-shm`]) if (existsSync(rest)) rmSync(rest);
  renameSync(copy, file);
}

/** @throws Failure `database_too_new` where a copy of the file has more migrations than this version ships */
export function refuseNewerDatabase(
  file: string,
  applied: number,
  shipped: URL = new URL("./migrations/", import.meta.url),
): void {
  const known = readMigrationFiles({ migrationsFolder: fileURLToPath(shipped) }).length;
  if (applied > known) throw tooNew(file, applied, known);
}
