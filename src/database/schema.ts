import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Scope } from "../domain/scope.ts";

/**
 * The tables of app.db: small and precious. Times are microseconds since the epoch. After a change here:
 * `npx drizzle-kit generate --dialect sqlite --schema src/database/schema.ts --out src/database/migrations`.
 */
export const tokens = sqliteTable("tokens", {
  id: text().primaryKey(),
  name: text().notNull(),
  scope: text().$type<Scope>().notNull(),
  /** SHA-256 of the secret, hexadecimal. */
  hash: text().notNull().unique(),
  created: integer().notNull(),
  lastUsed: integer("last_used"),
});

export const sessions = sqliteTable("sessions", {
  hash: text().primaryKey(),
  name: text().notNull(),
  scope: text().$type<Scope>().notNull(),
  created: integer().notNull(),
  expires: integer().notNull(),
});

export const setupCodes = sqliteTable("setup_codes", {
  hash: text().primaryKey(),
  scope: text().$type<Scope>().notNull(),
  expires: integer().notNull(),
  used: integer(),
});

export const settings = sqliteTable("settings", {
  key: text().primaryKey(),
  value: text({ mode: "json" }).$type<unknown>().notNull(),
});

/** Home Assistant's registries through time; `until` is null while an entry is so. */
export const registry = sqliteTable(
  "registry",
  {
    row: integer().primaryKey({ autoIncrement: true }),
    kind: text().notNull(),
    id: text().notNull(),
    entry: text({ mode: "json" }).$type<{ readonly [name: string]: unknown }>().notNull(),
    since: integer().notNull(),
    until: integer(),
  },
  (table) => [
    uniqueIndex("registry_current").on(table.kind, table.id).where(sql`until is null`),
    index("registry_times").on(table.kind, table.since),
  ],
);

/** One row at most: whose data this is. */
export const home = sqliteTable("home", {
  one: integer().primaryKey(),
  simulated: integer({ mode: "boolean" }).notNull(),
  ids: text({ mode: "json" }).$type<readonly string[]>().notNull(),
  bound: integer().notNull(),
});

/** What each caller used, written now and then. */
export const usage = sqliteTable("usage", {
  /** The kind of caller and its id, such as `token:…`. */
  key: text().primaryKey(),
  kind: text().notNull(),
  id: text().notNull(),
  name: text().notNull(),
  since: integer().notNull(),
  lastUsed: integer("last_used").notNull(),
  requests: integer().notNull(),
  refused: integer().notNull(),
  bytesOut: integer("bytes_out").notNull(),
});

/** Sources that somebody set up. Settings hold keys: the file is its owner's alone. */
export const sources = sqliteTable("sources", {
  id: text().primaryKey(),
  kind: text().notNull(),
  name: text().notNull(),
  enabled: integer({ mode: "boolean" }).notNull(),
  /** In the order of preference. */
  providers: text({ mode: "json" })
    .$type<readonly { readonly provider: string; readonly settings: { readonly [name: string]: unknown } }[]>()
    .notNull(),
  created: integer().notNull(),
});

/** What each source knew last. */
export const sourceAnswers = sqliteTable("source_answers", {
  source: text().primaryKey(),
  answer: text({ mode: "json" }).$type<unknown>().notNull(),
});

/** How often each provider was asked of late, for limits that outlast a start of the hub. */
export const sourceCalls = sqliteTable("source_calls", {
  provider: text().primaryKey(),
  counts: text({ mode: "json" }).$type<unknown>().notNull(),
});

/** Notes that people and programs put at a time; `until` is null for a moment. */
export const annotations = sqliteTable(
  "annotations",
  {
    id: text().primaryKey(),
    from: integer().notNull(),
    until: integer(),
    text: text().notNull(),
    series: text({ mode: "json" }).$type<readonly number[]>().notNull(),
    tags: text({ mode: "json" }).$type<readonly string[]>().notNull(),
    created: integer().notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [index("annotations_times").on(table.from)],
);

/** What was told of games: one row each, so that a restart tells nothing twice. */
export const games = sqliteTable(
  "games",
  {
    source: text().notNull(),
    game: text().notNull(),
    start: integer().notNull(),
    memory: text({ mode: "json" }).$type<unknown>().notNull(),
    pending: text({ mode: "json" }).$type<readonly unknown[]>().notNull(),
    isPending: integer("is_pending", { mode: "boolean" }).notNull(),
    firstTold: integer("first_told"),
    lastTold: integer("last_told"),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.game] }),
    index("games_by_game").on(table.game),
    index("games_by_start").on(table.start),
    index("games_pending").on(table.source).where(sql`is_pending`),
  ],
);
