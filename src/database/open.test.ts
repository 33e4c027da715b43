import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import Sqlite from "better-sqlite3";
import { createTestClock } from "../../tests/support/test-clock.ts";
import type { Failure } from "../domain/failure.ts";
import { silentLog } from "../platform/told/log.ts";
import { openDatabase } from "./open.ts";

const root = mkdtempSync(join(tmpdir(), "app-db-"));
after(() => rmSync(root, { recursive: true }));
const clock = createTestClock();
let folders = 0;
const newFolder = () => join(root, `data-${++folders}`);
const open = (folder: string, migrations?: URL) =>
  openDatabase({ folder, clock, log: silentLog, ...(migrations ? { migrations } : {}) });

/** The migrations as shipped, followed by others. */
function withMigrations(...more: string[]): URL {
  const folder = join(root, `migrations-${++folders}`);
  cpSync(join(import.meta.dirname, "migrations"), folder, { recursive: true });
  const journalFile = join(folder, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8"));
  const newest = Math.max(...journal.entries.map(({ when }: { when: number }) => when));
  for (const [i, sql] of more.entries()) {
    const tag = `9${i}_later`;
    writeFileSync(join(folder, `${tag}.sql`), sql);
    journal.entries.push({ idx: journal.entries.length, version: "6", when: newest + 1 + i, tag, breakpoints: true });
  }
  writeFileSync(journalFile, JSON.stringify(journal));
  return pathToFileURL(`${folder}/`);
}

test("a new folder gets a database that only its owner can read", () => {
  const folder = join(newFolder(), "deeper");
  open(folder).close();
  assert.equal(statSync(join(folder, "app.db")).mode & 0o777, 0o600);
  assert.ok(!existsSync(join(folder, "app.db.before-migration-2")));
});

test("what was kept is there after the next start", () => {
  const folder = newFolder();
  const first = open(folder);
  const { secret } = first.tokens.create("Grafana", "write");
  const session = first.sessions.start("a browser", "admin");
  const code = first.setupCodes.create("read");
  first.settings.set("retention", { days: [1, 2], on: true });
  first.settings.set("gone", 1);
  first.settings.remove("gone");
  first.home.bind({ simulated: false, ids: ["b", "a"] });
  first.registry.replaceAll("area", [{ id: "kitchen", content: { name: "Kitchen" } }], 5);
  first.close();

  const again = open(folder);
  assert.equal(again.tokens.check(secret)?.name, "Grafana");
  assert.equal(again.sessions.check(session.secret)?.scope, "admin");
  assert.deepEqual(again.setupCodes.redeem(code), { kind: "accepted", scope: "read" });
  assert.deepEqual(again.settings.get("retention"), { days: [1, 2], on: true });
  assert.equal(again.settings.get("gone"), undefined);
  assert.deepEqual(again.home.get(), { simulated: false, ids: ["a", "b"], bound: clock.now() });
  assert.deepEqual([...again.registry.current("area")], [["kitchen", { name: "Kitchen" }]]);
  again.close();
});

test("a home that is bound again as it was writes nothing: a connection must not wear the disk", () => {
  const folder = newFolder();
  const database = open(folder);
  const written = () => statSync(join(folder, "app.db-wal")).size;
  database.home.bind({ simulated: false, ids: ["b", "a"] });
  const before = written();
  database.home.bind({ simulated: false, ids: ["a", "b"] });
  assert.equal(written(), before);
  database.home.bind({ simulated: false, ids: ["a", "b", "c"] });
  assert.ok(written() > before);
  database.close();
});

test("no secret is in the file", () => {
  const folder = newFolder();
  const database = open(folder);
  const secrets = [
    database.tokens.create("x", "read").secret,
    database.sessions.start("x", "read").secret,
    database.setupCodes.create("read"),
  ];
  database.close();
  const bytes = readFileSync(join(folder, "app.db"), "latin1");
  for (const secret of secrets) assert.ok(!bytes.includes(secret) && !bytes.includes(secret.replace("hi_", "")));
});

test("a filled older database is brought forward, and its copy from before is kept", () => {
  const folder = newFolder();
  const older = open(folder);
  const { secret, token } = older.tokens.create("kept", "read");
  older.close();
  const migrations = withMigrations("ALTER TABLE tokens ADD COLUMN note text;", "UPDATE tokens SET note = 'moved';");
  const newer = open(folder, migrations);
  assert.equal(newer.tokens.check(secret)?.id, token.id);
  newer.close();
  const copies = readdirSync(folder).filter((name) => name.startsWith("app.db.before-migration-"));
  assert.equal(copies.length, 1);
  const copy = new Sqlite(join(folder, copies[0] as string), { readonly: true });
  assert.deepEqual(copy.prepare("select name from tokens").pluck().all(), ["kept"]);
  copy.close();
  const moved = new Sqlite(join(folder, "app.db"), { readonly: true });
  assert.deepEqual(moved.prepare("select note from tokens").pluck().all(), ["moved"]);
  moved.close();
});

test("a table that is rebuilt does not take the rows with it that refer to it", () => {
  const folder = newFolder();
  const child = `CREATE TABLE uses (token text NOT NULL REFERENCES tokens(id) ON DELETE CASCADE);
--> statement-breakpoint
INSERT INTO uses SELECT id FROM tokens;`;
  const database = open(folder);
  database.tokens.create("parent", "read");
  database.close();
  open(folder, withMigrations(child)).close();
  const rebuild = `CREATE TABLE new_tokens (id text PRIMARY KEY NOT NULL, name text NOT NULL, scope text NOT NULL, hash text NOT NULL, created integer NOT NULL, last_used integer);
--> statement-breakpoint
INSERT INTO new_tokens SELECT id, name, scope, hash, created, last_used FROM tokens;
--> statement-breakpoint
DROP TABLE tokens;
--> statement-breakpoint
ALTER TABLE new_tokens RENAME TO tokens;`;
  open(folder, withMigrations(child, rebuild)).close();
  const file = new Sqlite(join(folder, "app.db"), { readonly: true });
  assert.equal(file.prepare("select count(*) from uses").pluck().get(), 1);
  file.close();
});

test("a migration that fails, or leaves rows that point nowhere, changes nothing", () => {
  const orphan = `CREATE TABLE uses (token text NOT NULL REFERENCES tokens(id));
--> statement-breakpoint
INSERT INTO uses VALUES ('nobody');`;
  const half = `CREATE TABLE first (a text);
--> statement-breakpoint
CREATE TABLE tokens (a text);`;
  for (const [sql, why] of [
    [orphan, /1 rows point nowhere, the first from uses to tokens/],
    [half, /already exists/],
  ] as const) {
    const folder = newFolder();
    const database = open(folder);
    const { secret } = database.tokens.create("kept", "read");
    database.close();
    assert.throws(
      () => open(folder, withMigrations(sql)),
      (error: Failure) => {
        assert.equal(error.code, "database_migration_failed");
        assert.match(error.message, why);
        assert.match(error.fix ?? "", /as it was before/);
        return true;
      },
    );
    const again = open(folder);
    assert.equal(again.tokens.check(secret)?.name, "kept");
    again.close();
    const file = new Sqlite(join(folder, "app.db"), { readonly: true });
    assert.equal(file.prepare("select count(*) from sqlite_master where name in ('uses', 'first')").pluck().get(), 0);
    file.close();
  }
});

test("a database of a newer version is refused and left alone", () => {
  const folder = newFolder();
  open(folder, withMigrations("CREATE TABLE of_the_future (a text);")).close();
  const before = readFileSync(join(folder, "app.db"));
  assert.throws(
    () => open(folder),
    (error: Failure) => error.code === "database_too_new" && /newer version/.test(error.message) && !!error.fix,
  );
  assert.deepEqual(readFileSync(join(folder, "app.db")), before);
});

test("a file that is no database, or an empty one, is set aside and named, and the hub begins anew", () => {
  for (const content of ["this was something else once, and long enough to be read as a page".repeat(20), ""]) {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "app.db"), content);
    const database = open(folder);
    assert.equal(database.damage?.file, "app.db.quarantine");
    assert.equal(readFileSync(join(folder, "app.db.quarantine"), "utf8"), content);
    assert.ok(database.tokens.create("new", "read").secret);
    const [{ why, ...aside } = { why: null }] = database.quarantined();
    assert.deepEqual(aside, { file: "app.db.quarantine", bytes: content.length });
    assert.equal(why, database.damage?.why);
    database.close();
    // What an earlier start set aside is listed too, without a reason, and with what belongs to it; nothing else is.
    for (const name of [
      "app.db.2.quarantine",
      "app.db.2.quarantine-wal",
      "app.db.before-migration-1",
      "app.db.x.quarantine",
    ])
      writeFileSync(join(folder, name), "12345");
    const again = open(folder);
    assert.deepEqual(again.quarantined(), [
      { file: "app.db.2.quarantine", bytes: 10, why: null },
      { file: "app.db.quarantine", bytes: content.length, why: null },
    ]);
    assert.deepEqual([again.damage, again.tokens.list().length], [undefined, 1]);
    again.close();
  }
});

test("what is no damage moves no file: a disk that cannot be read", () => {
  const folder = newFolder();
  mkdirSync(join(folder, "app.db"), { recursive: true });
  assert.throws(() => open(folder), { code: "database_unreadable" });
  assert.deepEqual(readdirSync(folder), ["app.db"]);
});

test("a data folder that cannot be made is refused with the option that names it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "database-")), "file");
  writeFileSync(file, "");
  assert.throws(
    () => open(join(file, "home")),
    (error: Failure) => error.code === "data_folder_unusable" && /HA_INGESTOR_DATA/.test(error.fix ?? ""),
  );
});

test("while app.db is held, a copy of it with any beginning of its log is whole, and writing goes on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hub-"));
  const database = openDatabase({ folder, clock: createTestClock(), log: silentLog });
  database.settings.set("before", 1);
  const free = database.holdFile();
  const file = readFileSync(join(folder, "app.db"));
  for (let i = 0; i < 2_000; i++) database.settings.set("during", { i, words: "x".repeat(4_000) });
  assert.ok(readFileSync(join(folder, "app.db")).equals(file));
  const log = readFileSync(join(folder, "app.db-wal"));
  assert.ok(log.length > 4_000_000);

  for (const length of [0, 20, 5_000, 100_001, Math.floor(log.length / 2), log.length]) {
    const copy = mkdtempSync(join(tmpdir(), "hub-"));
    writeFileSync(join(copy, "app.db"), file);
    writeFileSync(join(copy, "app.db-wal"), log.subarray(0, length));
    const restored = openDatabase({ folder: copy, clock: createTestClock(), log: silentLog });
    assert.equal(restored.settings.get("before"), 1);
    if (length === log.length) assert.equal((restored.settings.get("during") as { i: number }).i, 1_999);
    restored.close();
    rmSync(copy, { recursive: true });
  }
  free();
  for (let i = 0; i < 20; i++) database.settings.set("after", i);
  assert.ok(!readFileSync(join(folder, "app.db")).equals(file));
  database.close();
  free();
  rmSync(folder, { recursive: true });
});
