import assert from "node:assert/strict";
import fs, { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import Sqlite from "better-sqlite3";
import { createTestClock } from "../../tests/support/test-clock.ts";
import type { Failure } from "../domain/failure.ts";
import { silentLog } from "../platform/told/log.ts";
import { openDatabase } from "./open.ts";

/** Schemas of the past come from the migrations themselves, filled with rows of every table. */

const root = mkdtempSync(join(tmpdir(), "migrate-"));
after(() => rmSync(root, { recursive: true }));
const SHIPPED = join(import.meta.dirname, "migrations");
const journalOf = (folder: string) => JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8"));
const shipped = journalOf(SHIPPED).entries.length as number;
let folders = 0;

/** The first of the shipped migrations, and then others. */
function migrations(first: number, more: readonly string[] = []): URL {
  const folder = join(root, `migrations-${++folders}`);
  cpSync(SHIPPED, folder, { recursive: true });
  const journal = journalOf(folder);
  journal.entries = journal.entries.slice(0, first);
  const newest = journal.entries.at(-1).when;
  for (const [i, sql] of more.entries()) {
    const tag = `9${i}_later`;
    writeFileSync(join(folder, `${tag}.sql`), sql);
    journal.entries.push({ idx: first + i, version: "6", when: newest + 1 + i, tag, breakpoints: true });
  }
  writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify(journal));
  return pathToFileURL(`${folder}/`);
}

const open = (folder: string, from: URL) =>
  openDatabase({ folder, clock: createTestClock(), log: silentLog, migrations: from });

type Rows = Record<string, Record<string, unknown>[]>;

function read(file: string): Rows {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'",
    )
    .pluck()
    .all() as string[];
  const rows = Object.fromEntries(
    tables.map((name) => [name, sqlite.prepare(`select * from "${name}"`).all() as never]),
  );
  sqlite.close();
  return rows;
}

/** Three rows in every table, each column by its type. */
function fill(file: string): void {
  const sqlite = new Sqlite(file);
  for (const table of Object.keys(read(file))) {
    const columns = sqlite.pragma(`table_info("${table}")`) as { name: string; type: string }[];
    const names = columns.map(({ name }) => `"${name}"`).join(", ");
    const put = sqlite.prepare(`insert into "${table}" (${names}) values (${columns.map(() => "?").join(", ")})`);
    for (let row = 1; row <= 3; row++)
      put.run(columns.map(({ name, type }) => (/int/i.test(type) ? row * 1_000 : JSON.stringify(`${name} ${row} ü`))));
  }
  sqlite.close();
}

function filledAt(version: number): { folder: string; before: Rows } {
  const folder = join(root, `data-${++folders}`);
  // By the migrations alone: today's code expects today's tables.
  fs.mkdirSync(folder);
  const sqlite = new Sqlite(join(folder, "app.db"));
  for (const { tag } of journalOf(SHIPPED).entries.slice(0, version) as { tag: string }[])
    for (const statement of readFileSync(join(SHIPPED, `${tag}.sql`), "utf8").split("--> statement-breakpoint"))
      sqlite.exec(statement);
  sqlite.exec("create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)");
  for (const { when } of journalOf(SHIPPED).entries.slice(0, version) as { when: number }[])
    sqlite.prepare("insert into __drizzle_migrations (hash, created_at) values ('', ?)").run(when);
  sqlite.close();
  fill(join(folder, "app.db"));
  return { folder, before: read(join(folder, "app.db")) };
}

/** Whatever columns came since: what was there is there. */
function holds(after: Rows, before: Rows): void {
  for (const [table, rows] of Object.entries(before))
    assert.deepEqual(
      after[table]?.map((row, i) => Object.fromEntries(Object.keys(rows[i] ?? {}).map((name) => [name, row[name]]))),
      rows,
      table,
    );
}

test("from every earlier schema, filled, everything comes along", () => {
  assert.ok(shipped >= 2);
  for (let version = 1; version < shipped; version++) {
    const { folder, before } = filledAt(version);
    open(folder, migrations(shipped)).close();
    const file = join(folder, "app.db");
    holds(read(file), before);
    assert.deepEqual(read(`${file}.before-migration-${version + 1}`), before);
    assert.equal(statSync(`${file}.before-migration-${version + 1}`).mode & 0o777, 0o600);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }
});

const REBUILD = `CREATE TABLE uses (token text NOT NULL REFERENCES tokens(id) ON DELETE CASCADE);
--> statement-breakpoint
INSERT INTO uses SELECT id FROM tokens;
--> statement-breakpoint
CREATE TABLE new_tokens (id text PRIMARY KEY NOT NULL, name text NOT NULL, scope text NOT NULL, hash text NOT NULL, created integer NOT NULL, last_used integer);
--> statement-breakpoint
INSERT INTO new_tokens SELECT id, name, scope, hash, created, last_used FROM tokens;
--> statement-breakpoint
DROP TABLE tokens;
--> statement-breakpoint
ALTER TABLE new_tokens RENAME TO tokens;`;

test("killed at every step the next start finds all of it as it was, and goes on to the end", (t) => {
  const target = migrations(shipped, [REBUILD]);
  let step = 0;
  for (let died = true; died; ) {
    step++;
    const { folder, before } = filledAt(shipped);
    const file = join(folder, "app.db");
    died = dieAt(step, () => open(folder, target).close());
    // As the older hub would find it, unless it was done already.
    const left = read(file);
    holds(left, before);
    assert.ok(left.uses === undefined || left.uses.length === 3);
    open(folder, target).close();
    holds(read(file), before);
    assert.equal(read(file).uses?.length, 3, "a table that was rebuilt took no rows with it");
    assert.deepEqual(read(`${file}.before-migration-${shipped + 1}`), before);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes("migrating")),
      [],
    );
  }
  assert.ok(step > 12, `${step} steps`);
  t.diagnostic(`${step - 1} kills`);
});

test("a disk without room for the copy leaves the file as it was, and says so", () => {
  const { folder, before } = filledAt(shipped);
  const copy = fs.copyFileSync;
  fs.copyFileSync = () => {
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  };
  syncBuiltinESMExports();
  try {
    assert.throws(
      () => open(folder, migrations(shipped, [REBUILD])),
      (error: Failure) => /ENOSPC/.test(error.message) && !!error.fix,
    );
  } finally {
    fs.copyFileSync = copy;
    syncBuiltinESMExports();
  }
  assert.deepEqual(read(join(folder, "app.db")), before);
});

test("while another hub has the file open it is not brought forward behind its back", () => {
  const { folder, before } = filledAt(shipped);
  const other = open(folder, migrations(shipped));
  assert.throws(() => open(folder, migrations(shipped, [REBUILD])), { code: "database_in_use" });
  other.settings.set("still", "works");
  other.close();
  holds(read(join(folder, "app.db")), { tokens: before.tokens ?? [] });
});

/** Runs until the given step on the disk; from there on nothing happens any more, as in a process that was killed. */
function dieAt(step: number, run: () => void): boolean {
  let left = step;
  let dead = false;
  const guard = (what: string) => {
    if (--left <= 0) dead = true;
    if (dead) throw new Error(`killed before ${what}`);
  };
  const undo: (() => void)[] = [];
  const wrap = (owner: object, name: string) => {
    const real = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
      guard(name);
      return real.apply(this, args);
    });
    undo.push(() => void Reflect.set(owner, name, real));
  };
  for (const name of ["chmodSync", "copyFileSync", "fsyncSync", "openSync", "renameSync", "rmSync"]) wrap(fs, name);
  for (const name of ["exec", "pragma", "prepare", "transaction"]) wrap(Sqlite.prototype, name);
  syncBuiltinESMExports();
  try {
    run();
  } catch (error) {
    if (!dead) throw error;
  } finally {
    for (const restore of undo) restore();
    syncBuiltinESMExports();
  }
  return dead;
}
