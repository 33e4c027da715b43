import { eq, lte } from "drizzle-orm";
import type { Scope } from "../../domain/scope.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";
import { createHashTable, hashOf, makeSecret, type RandomBytes, systemRandom } from "./secret.ts";

export type Session = { readonly id: string; readonly name: string; readonly scope: Scope; readonly expires: Micros };

/** Browsers that were let in. All are held in memory: a request never asks the file. */
export type Sessions = {
  start(name: string, scope: Scope): { readonly session: Session; readonly secret: string };
  check(secret: string): Session | undefined;
  end(secret: string): void;
  readonly count: number;
};

export const SESSION_DAYS = 30;
/** Names a session without letting anyone in. */
const idOf = (hash: string): string => hash.slice(0, 12);
const SESSION_MICROS = SESSION_DAYS * 86_400_000_000;

export function openSessions(needs: { tables: Tables; clock: Clock; random?: RandomBytes }): Sessions {
  const { tables, clock, random = systemRandom } = needs;
  const byHash = createHashTable<Session>();
  const table = schema.sessions;
  const forget = (hash: string) => {
    tables.delete(table).where(eq(table.hash, hash)).run();
    byHash.delete(hash);
  };
  for (const { hash, ...session } of tables.select().from(table).all())
    byHash.set(hash, { ...session, id: idOf(hash) });

  return {
    start: (name, scope) => {
      const now = clock.now();
      for (const { hash } of tables.select().from(table).where(lte(table.expires, now)).all()) forget(hash);
      const secret = makeSecret(random);
      const hash = hashOf(secret);
      const session = { id: idOf(hash), name, scope, expires: now + SESSION_MICROS };
      tables.insert(table).values({ name, scope, expires: session.expires, hash, created: now }).run();
      byHash.set(hash, session);
      return { session, secret };
    },
    check: (secret) => {
      const session = byHash.find(secret);
      return session && session.expires > clock.now() ? session : undefined;
    },
    end: (secret) => forget(hashOf(secret)),
    get count() {
      return [...byHash.values()].filter((session) => session.expires > clock.now()).length;
    },
  };
}
