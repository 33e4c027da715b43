import { eq, lte } from "drizzle-orm";
import type { Scope } from "../../domain/scope.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";
import { hashOf, makeSecret, type RandomBytes, systemRandom } from "./secret.ts";

export type Redemption =
  | { readonly kind: "accepted"; readonly scope: Scope }
  | { readonly kind: "refused"; readonly reason: "unknown" | "used" | "expired" };

/** A code lets one browser in, once, and only for a while. */
export type SetupCodes = {
  create(scope: Scope, lifetimeMs?: number): string;
  redeem(code: string): Redemption;
};

const LIFETIME_MS = 60 * 60_000;
/** A spent code is remembered this long, so that whoever opens its address again is told why it fails. */
const REMEMBER_MICROS = 30 * 86_400_000_000;

export function openSetupCodes(needs: { tables: Tables; clock: Clock; random?: RandomBytes }): SetupCodes {
  const { tables, clock, random = systemRandom } = needs;
  const table = schema.setupCodes;
  return {
    create: (scope, lifetimeMs = LIFETIME_MS) => {
      const now = clock.now();
      tables
        .delete(table)
        .where(lte(table.expires, now - REMEMBER_MICROS))
        .run();
      const code = makeSecret(random);
      tables
        .insert(table)
        .values({ hash: hashOf(code), scope, expires: now + lifetimeMs * 1000, used: null })
        .run();
      return code;
    },
    redeem: (code) => {
      // Found by its SHA-256 in an index: how long that takes says nothing that helps to guess 32 random bytes.
      const hash = hashOf(code);
      const row = tables.select().from(table).where(eq(table.hash, hash)).get();
      const now = clock.now();
      if (!row) return { kind: "refused", reason: "unknown" };
      if (row.used !== null) return { kind: "refused", reason: "used" };
      if (row.expires <= now) return { kind: "refused", reason: "expired" };
      tables.update(table).set({ used: now }).where(eq(table.hash, hash)).run();
      return { kind: "accepted", scope: row.scope };
    },
  };
}
