import { eq } from "drizzle-orm";
import { describeError } from "../../domain/failure.ts";
import type { Scope } from "../../domain/scope.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";
import { createHashTable, hashOf, makeSecret, type RandomBytes, systemRandom } from "./secret.ts";

export type Token = {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly created: Micros;
  readonly lastUsed: Micros | null;
};

/** Named keys for other systems. All are held in memory: a request never asks the file. */
export type Tokens = {
  /** The secret is given here and never again. */
  create(name: string, scope: Scope): { readonly token: Token; readonly secret: string };
  /** The token that a secret belongs to, noted as used. */
  check(secret: string): Token | undefined;
  list(): readonly Token[];
  /** False: there is no such token. */
  remove(id: string): boolean;
  close(): void;
};

const WRITE_LAST_USED_EVERY_MS = 5 * 60_000;

export function openTokens(needs: { tables: Tables; clock: Clock; log: Log; random?: RandomBytes }): Tokens {
  const { tables, clock, log, random = systemRandom } = needs;
  const byHash = createHashTable<string>();
  const byId = new Map<string, Token & { hash: string }>();
  const used = new Map<string, Micros>();
  let cancelWrite: (() => void) | undefined;

  for (const row of tables.select().from(schema.tokens).orderBy(schema.tokens.created).all()) {
    byId.set(row.id, row);
    byHash.set(row.hash, row.id);
  }

  const shown = ({ hash: _, ...token }: Token & { hash: string }): Token => ({
    ...token,
    lastUsed: used.get(token.id) ?? token.lastUsed,
  });
  const writeLastUsed = () => {
    cancelWrite = undefined;
    try {
      tables.transaction((write) => {
        for (const [id, lastUsed] of used)
          write.update(schema.tokens).set({ lastUsed }).where(eq(schema.tokens.id, id)).run();
      });
    } catch (error) {
      // Kept in memory and written with the next one.
      log.warning("When tokens were last used could not be written", { why: describeError(error) });
    }
  };

  return {
    create: (name, scope) => {
      const secret = makeSecret(random, "hi_");
      const id = random(9).toString("base64url");
      const row = { id, name, scope, hash: hashOf(secret), created: clock.now(), lastUsed: null };
      tables.insert(schema.tokens).values(row).run();
      byId.set(id, row);
      byHash.set(row.hash, id);
      return { token: shown(row), secret };
    },
    check: (secret) => {
      const id = byHash.find(secret);
      const token = id === undefined ? undefined : byId.get(id);
      if (!token) return undefined;
      used.set(token.id, clock.now());
      cancelWrite ??= clock.after(WRITE_LAST_USED_EVERY_MS, writeLastUsed);
      return token;
    },
    list: () => [...byId.values()].map(shown),
    remove: (id) => {
      const token = byId.get(id);
      if (!token) return false;
      tables.delete(schema.tokens).where(eq(schema.tokens.id, id)).run();
      byHash.delete(token.hash);
      byId.delete(id);
      used.delete(id);
      return true;
    },
    close: () => {
      cancelWrite?.();
      if (used.size > 0) writeLastUsed();
    },
  };
}
