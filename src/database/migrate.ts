import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { describeError, Failure } from "../domain/failure.ts";
import type { Log } from "../platform/told/log.ts";
import { DamagedFile } from "./damage.ts";

/**
 * Brings the file forward, never back. A database that holds something is brought forward as a copy, which takes its
 * place by rename once it is whole and checked: interrupted at any point, the file is as it was, or as it should be. What
 * it was before is kept beside it.
 */
export function migrateDatabase(needs: { file: string; migrations: URL; log: Log }): void {
  const { file, migrations, log } = needs;
  const unfinished = `${file}.migrating`;
  // Left behind by a start that was interrupted; app.db itself was never touched.
  removeDatabase(unfinished);
  const migrationsFolder = fileURLToPath(migrations);
  const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis);
  const isNew = !existsSync(file);
  const applied = isNew ? [] : appliedMigrations(file);
  if (applied.length > known.length) throw tooNew(file, applied.length, known.length);
  if (!isNew && applied.length === 0) throw new DamagedFile("it is a database of something else");
  if (applied.some((when, i) => when !== known[i]))
    throw new DamagedFile("its list of migrations is not as it was written");
  const pending = known.length - applied.length;
  if (pending === 0) return;
  // Tokens' hashes and settings are the owner's business alone.
  if (isNew) closeSync(openSync(unfinished, "w", 0o600));
  else {
    gather(file);
    copyFileSync(file, unfinished);
    chmodSync(unfinished, 0o600);
  }
  try {
    applyTo(unfinished, file, migrationsFolder);
    gather(unfinished);
  } catch (error) {
    removeDatabase(unfinished);
    throw error;
  }
  if (isNew) {
    // There is nothing to lose yet, and SQLite has synced what is in it.
    renameSync(unfinished, file);
    log.info("The database is made", { migrations: pending });
    return;
  }
  sync(unfinished);
  const before = `${file}.before-migration-${applied.length + 1}`;
  copyFileSync(file, before);
  chmodSync(before, 0o600);
  sync(before);
  renameSync(unfinished, file);
  sync(dirname(file));
  log.info("The database is up to date", { migrations: pending, copy: before });
}

/** One transaction: a step that fails, or leaves rows that point nowhere, leaves nothing behind. */
function applyTo(path: string, file: string, migrationsFolder: string): void {
  const sqlite = new Sqlite(path);
  try {
    // Must be off before the migrator opens its transaction: inside one the pragma does nothing, and a table that is
    // rebuilt would delete the rows that refer to it.
    sqlite.pragma("foreign_keys = OFF");
    migrate(drizzle(sqlite), { migrationsFolder });
    const broken = sqlite.pragma("foreign_key_check") as { table: string; parent: string }[];
    const first = broken[0];
    if (first) throw new Error(`${broken.length} rows point nowhere, the first from ${first.table} to ${first.parent}`);
  } catch (error) {
    // drizzle's own error only repeats the statement; SQLite's words are its cause.
    const why = describeError((error instanceof Error && error.cause) || error);
    throw new Failure("database_migration_failed", `${file} could not be brought up to date: ${why}`, {
      fix: "The file is as it was before. Start the earlier version of the hub again and report this.",
      cause: error,
    });
  } finally {
    sqlite.close();
  }
}

/** Everything into the one file; refused while anybody else has it open. */
function gather(file: string): void {
  const sqlite = new Sqlite(file);
  try {
    sqlite.pragma("journal_mode = DELETE");
  } catch (cause) {
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") throw cause;
    throw new Failure("database_in_use", `${file} is to be brought up to date, and another process has it open`, {
      fix: "Stop the other hub, or give this one a data folder of its own.",
      cause,
    });
  } finally {
    sqlite.close();
  }
}

const tooNew = (file: string, applied: number, known: number): Failure =>
  new Failure(
    "database_too_new",
    `${file} was written by a newer version of the hub (${applied} migrations, this version knows ${known})`,
    { fix: `Start that newer version again, or put back a copy of ${file} made before the update.` },
  );

function appliedMigrations(file: string): number[] {
  const sqlite = new Sqlite(file);
  try {
    const table = sqlite.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
    if (!table) return [];
    return sqlite.prepare("select created_at from __drizzle_migrations order by rowid").pluck().all() as number[];
  } finally {
    sqlite.close();
  }
}

function removeDatabase(file: string): void {
  for (const part of ["", "-wal", "-shm", "-journal"]) rmSync(file + part, { force: true });
}

function sync(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
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
