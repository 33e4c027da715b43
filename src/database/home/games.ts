import { and, desc, eq, lt } from "drizzle-orm";
import type { HomeEvent } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** What is kept of one game of a source; whoever tells of games says what `memory` is. */
export type GameRow = {
  readonly source: string;
  readonly game: string;
  readonly start: Micros;
  readonly memory: unknown;
  /** Events that may not be stored yet. */
  readonly pending: readonly HomeEvent[];
  readonly firstTold: Micros | null;
  readonly lastTold: Micros | null;
};

export type Games = {
  get(source: string, game: string): GameRow | undefined;
  /** Of whichever source; where several know it, the one that told of it last. */
  find(game: string): GameRow | undefined;
  pending(source: string): readonly GameRow[];
  put(row: GameRow): void;
  /** Those that began before a time. */
  forget(before: Micros): void;
};

export function openGames({ tables }: { tables: Tables }): Games {
  const table = schema.games;
  const rowOf = ({ isPending: _, ...row }: typeof table.$inferSelect): GameRow => ({
    ...row,
    pending: row.pending as readonly HomeEvent[],
  });
  return {
    get: (source, game) => {
      const row = tables
        .select()
        .from(table)
        .where(and(eq(table.source, source), eq(table.game, game)))
        .get();
      return row && rowOf(row);
    },
    find: (game) => {
      const row = tables.select().from(table).where(eq(table.game, game)).orderBy(desc(table.lastTold)).get();
      return row && rowOf(row);
    },
    pending: (source) =>
      tables
        .select()
        .from(table)
        .where(and(eq(table.source, source), eq(table.isPending, true)))
        .all()
        .map(rowOf),
    put: (row) => {
      const values = { ...row, isPending: row.pending.length > 0 };
      tables
        .insert(table)
        .values(values)
        .onConflictDoUpdate({ target: [table.source, table.game], set: values })
        .run();
    },
    forget: (before) => void tables.delete(table).where(lt(table.start, before)).run(),
  };
}
