import { isDeepStrictEqual } from "node:util";
import type { HomeFingerprint } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** Whose data this is. */
export type BoundHome = HomeFingerprint & { readonly bound: Micros };

export type Home = {
  get(): BoundHome | undefined;
  bind(home: HomeFingerprint): void;
};

export function openHome({ tables, clock }: { tables: Tables; clock: Clock }): Home {
  const table = schema.home;
  const row = tables.select().from(table).get();
  let current: BoundHome | undefined = row && { simulated: row.simulated, ids: row.ids, bound: row.bound };
  return {
    get: () => current,
    bind: ({ simulated, ids }) => {
      const next = { simulated, ids: [...ids].sort(), bound: current?.bound ?? clock.now() };
      // At every connection, and thousands of ids: what is written already is not written again.
      if (isDeepStrictEqual(next, current)) return;
      tables
        .insert(table)
        .values({ one: 1, ...next })
        .onConflictDoUpdate({ target: table.one, set: next })
        .run();
      current = next;
    },
  };
}
