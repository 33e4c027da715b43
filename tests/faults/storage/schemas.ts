import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome } from "../../support/home/simulated-home.ts";
import { startHub } from "../../support/hub/hub.ts";
import { type Fault, judge } from "../runner/fault.ts";

const RATE = 200;
const ENTITIES = 20;
const MIGRATIONS = join(import.meta.dirname, "../../../src/database/migrations");

export const schemas: Fault = {
  id: "R22",
  name: "upgrade from every earlier schema, and back",
  how: "app.db taken back to each earlier schema by the migrations' own history, then the hub of now; then an app.db of a newer hub",
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const data = form.folder();
    const file = join(data, "home/app.db");
    await using home = await openSimulatedHome({ hub: { dataDir: data } });
    const load = home.sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(20, () => assert.ok(load.made > 2 * RATE));
    await load.stop();
    await home.caughtUp();
    const now = schemaOf(file);
    const tags = JSON.parse(readFileSync(join(MIGRATIONS, "meta/_journal.json"), "utf8")).entries as { tag: string }[];
    for (let version = tags.length - 1; version >= 1; version--) {
      await home.stopHub("term");
      takeBack(
        file,
        tags.slice(version).map(({ tag }) => tag),
        version,
      );
      await home.startHub();
      await home.caughtUp();
      const copies = readdirSync(join(data, "home")).filter((name) => name.startsWith("app.db.before-migration"));
      assert.ok(copies.includes(`app.db.before-migration-${version + 1}`), copies.join());
      assert.deepEqual(schemaOf(file), now, `from schema ${version}`);
    }
    await home.filled();
    judge(row, home.sim.load.emitted.list(), await home.reader.history(loadNames(ENTITIES), ...ALL));
    row.gaps = (await home.reader.gaps(...ALL)).length;

    await home.stopHub("term");
    const sqlite = new Sqlite(file);
    sqlite.exec("insert into __drizzle_migrations (hash, created_at) values ('of the future', 99999999999999)");
    sqlite.close();
    const before = readFileSync(file);
    await assert.rejects(
      startHub({ dataDir: data, haUrl: home.sim.url, haToken: home.sim.token }),
      (error: Error) =>
        /newer version of the hub/.test(error.message) && /Start that newer version again/.test(error.message),
    );
    assert.deepEqual(readFileSync(file), before, "what is refused is left as it was");
    const again = new Sqlite(file);
    again.exec("delete from __drizzle_migrations where hash = 'of the future'");
    again.close();
    await home.startHub();
    row.notes.push(`${tags.length - 1} earlier schemas; a newer one refused, untouched`);
  },
};

/** Every table and index, as it is described in the file. */
function schemaOf(file: string): unknown[] {
  const sqlite = new Sqlite(file, { readonly: true });
  const described = sqlite.prepare("select name, sql from sqlite_master where sql is not null order by name").all();
  sqlite.close();
  return described;
}

/** Takes out what the later migrations made, so that the file is as the earlier version left it. */
function takeBack(file: string, later: readonly string[], version: number): void {
  const sqlite = new Sqlite(file);
  sqlite.pragma("foreign_keys = OFF");
  for (const tag of later.toReversed()) {
    const statements = readFileSync(join(MIGRATIONS, `${tag}.sql`), "utf8").split("--> statement-breakpoint");
    for (const statement of statements) {
      const [, kind, table] = /^\s*CREATE (TABLE|(?:UNIQUE )?INDEX) `(\w+)`/.exec(statement) ?? [];
      // A column that was added, or rows that were rewritten, would have to be taken back in another way.
      assert.ok(kind, `${tag}: how is this taken back? ${statement}`);
      if (kind === "TABLE") sqlite.exec(`drop table "${table}"`);
    }
  }
  sqlite.exec(`delete from __drizzle_migrations where rowid > ${version}`);
  sqlite.close();
}
