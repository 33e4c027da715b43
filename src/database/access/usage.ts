import { desc, eq } from "drizzle-orm";
import { describeError } from "../../domain/failure.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** What one caller used since `since`; counted in memory by whoever holds it. */
export type UsageRow = {
  readonly kind: string;
  readonly id: string;
  name: string;
  readonly since: Micros;
  lastUsed: Micros;
  requests: number;
  refused: number;
  bytesOut: number;
};

export type Usage = {
  /** The row of a caller, made where there is none. The same object every time: count on it. */
  of(kind: string, id: string, name: string): UsageRow;
  /** Something was counted: it is written within some minutes. */
  counted(): void;
  list(): readonly UsageRow[];
  close(): void;
};

/** Counts are worth a write now and then, not one a request. */
const WRITE_EVERY_MS = 5 * 60_000;
/** Those that were used last are kept; a home has some tens. */
const MOST_ROWS = 1_000;

export function openUsage(needs: { tables: Tables; clock: Clock; log: Log }): Usage {
  const { tables, clock, log } = needs;
  const table = schema.usage;
  const rows = new Map<string, UsageRow>();
  let cancelWrite: (() => void) | undefined;
  for (const [i, { key, ...row }] of tables.select().from(table).orderBy(desc(table.lastUsed)).all().entries())
    if (i < MOST_ROWS) rows.set(key, row);
    else tables.delete(table).where(eq(table.key, key)).run();

  const write = () => {
    cancelWrite = undefined;
    try {
      tables.transaction((to) => {
        for (const [key, { kind, id, since, ...counts }] of rows)
          to.insert(table)
            .values({ key, kind, id, since, ...counts })
            .onConflictDoUpdate({ target: table.key, set: counts })
            .run();
      });
    } catch (error) {
      // Kept in memory and written with the next one.
      log.warning("What callers used could not be written", { why: describeError(error) });
    }
  };

  return {
    of: (kind, id, name) => {
      const key = `${kind}:${id}`;
      const known = rows.get(key);
      if (known) {
        known.name = name;
        return known;
      }
      const now = clock.now();
      const row = { kind, id, name, since: now, lastUsed: now, requests: 0, refused: 0, bytesOut: 0 };
      rows.set(key, row);
      return row;
    },
    counted: () => {
      cancelWrite ??= clock.after(WRITE_EVERY_MS, write);
    },
    list: () => [...rows.values()],
    close: () => {
      if (!cancelWrite) return;
      cancelWrite();
      write();
    },
  };
}
