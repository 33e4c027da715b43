import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { describeError, Failure } from "../domain/failure.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import { openSessions, type Sessions } from "./access/sessions.ts";
import { openSetupCodes, type SetupCodes } from "./access/setup-codes.ts";
import { openTokens, type Tokens } from "./access/tokens.ts";
import { openUsage, type Usage } from "./access/usage.ts";
import { checkFile, damageIn, type FileSetAside, listFilesSetAside, setFileAside } from "./damage.ts";
import { type Annotations, openAnnotations } from "./home/annotations.ts";
import { type Games, openGames } from "./home/games.ts";
import { type Home, openHome } from "./home/home.ts";
import { openRegistry, type Registry } from "./home/registry.ts";
import { openSettings, type Settings } from "./home/settings.ts";
import { openSources, type SourceBook } from "./home/sources.ts";
import { migrateDatabase } from "./migrate.ts";
import * as schema from "./schema.ts";

export type Tables = BetterSQLite3Database<typeof schema>;

/** SQLite's own default. */
const CHECKPOINT_PAGES = 1_000;

/** app.db: settings, tokens, the registries' timeline. Small and precious, unlike the store beside it. */
export type Database = {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly setupCodes: SetupCodes;
  readonly settings: Settings;
  readonly registry: Registry;
  readonly home: Home;
  readonly usage: Usage;
  readonly annotations: Annotations;
  readonly games: Games;
  readonly sources: SourceBook;
  /**
   * Until the answer is called, `app.db` itself does not change: what is written goes to `app.db-wal` alone, whose
   * beginning is valid wherever a copy cuts it off.
   */
  holdFile(): () => void;
  /** What was there could not be read and was set aside under this name: everything here is new. */
  readonly damage: { readonly file: string; readonly why: string } | undefined;
  /** All that were ever set aside and still lie there; `why` is known of this start's alone. */
  quarantined(): readonly (FileSetAside & { readonly why: string | null })[];
  close(): void;
};

export function openDatabase(needs: {
  folder: string;
  clock: Clock;
  log: Log;
  /** Where the migrations are; they lie beside this file, and beside the bundle. */
  migrations?: URL;
}): Database {
  const { folder, clock, log, migrations = new URL("./migrations/", import.meta.url) } = needs;
  makeFolder(folder);
  const file = join(folder, "app.db");
  try {
    return withDamage(undefined);
  } catch (error) {
    const why = damageIn(error);
    if (why === undefined) throw unreadable(file, error);
    const setAside = setFileAside(file);
    log.error("app.db is damaged and was set aside; the hub begins with new settings and tokens", {
      file: setAside,
      why,
    });
    return withDamage({ file: setAside, why });
  }

  function withDamage(damage: Database["damage"]): Database {
    const whyOf = (aside: string) => (aside === damage?.file ? damage.why : null);
    return {
      ...openParts({ file, clock, log, migrations }),
      damage,
      quarantined: () => listFilesSetAside(file).map((one) => ({ ...one, why: whyOf(one.file) })),
    };
  }
}

type Parts = Omit<Database, "damage" | "quarantined">;

function openParts(needs: { file: string; clock: Clock; log: Log; migrations: URL }): Parts {
  const { file, clock, log, migrations } = needs;
  const sqlite = openFile(file, log, migrations);
  try {
    const tables = drizzle(sqlite, { schema });
    const tokens = openTokens({ tables, clock, log });
    const usage = openUsage({ tables, clock, log });
    return {
      tokens,
      sessions: openSessions({ tables, clock }),
      setupCodes: openSetupCodes({ tables, clock }),
      settings: openSettings({ tables }),
      registry: openRegistry({ tables }),
      home: openHome({ tables, clock }),
      usage,
      annotations: openAnnotations({ tables, clock }),
      games: openGames({ tables }),
      sources: openSources({ tables }),
      holdFile: () => {
        sqlite.pragma("wal_checkpoint(TRUNCATE)");
        sqlite.pragma("wal_autocheckpoint = 0");
        return () => {
          if (sqlite.open) sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
        };
      },
      close: () => {
        tokens.close();
        usage.close();
        sqlite.close();
      },
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failure("data_folder_unusable", `The data folder ${folder} cannot be made: ${describeError(error)}`, {
      fix: "Set HA_INGESTOR_DATA to a folder that the hub may write.",
      cause: error,
    });
  }
}

function openFile(file: string, log: Log, migrations: URL): Sqlite.Database {
  if (existsSync(file)) checkFile(file);
  migrateDatabase({ file, migrations, log });
  const sqlite = new Sqlite(file);
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma("synchronous = NORMAL");
  sqlite.pragma("foreign_keys = ON");
  return sqlite;
}

function unreadable(file: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("database_unreadable", `${file} cannot be opened: ${describeError(error)}`, {
    fix: "Check that the folder can be read and written to, and the health of the disk.",
    cause: error,
  });
}
