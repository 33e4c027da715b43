import { asc, eq } from "drizzle-orm";
import type { Micros } from "../../domain/time/time.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** A source as somebody set it up; its providers' settings hold keys in the clear, as the file is its owner's alone. */
export type KeptSource = {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly providers: readonly { readonly provider: string; readonly settings: { readonly [name: string]: unknown } }[];
  readonly created: Micros;
};

type Kept = { get(key: string): unknown; set(key: string, value: unknown): void };

export type SourceBook = {
  /** In the order in which they were added. */
  list(): readonly KeptSource[];
  put(source: KeptSource): void;
  remove(id: string): void;
  /** By source: what it knew last. */
  readonly answers: Kept & { remove(id: string): void };
  /** By provider: what it was asked of late. */
  readonly calls: Kept;
};

export function openSources({ tables }: { tables: Tables }): SourceBook {
  const { sources, sourceAnswers, sourceCalls } = schema;
  return {
    list: () => tables.select().from(sources).orderBy(asc(sources.created), asc(sources.id)).all(),
    put: (source) => {
      const { id: _, ...set } = source;
      tables.insert(sources).values(source).onConflictDoUpdate({ target: sources.id, set }).run();
    },
    remove: (id) => void tables.delete(sources).where(eq(sources.id, id)).run(),
    answers: {
      get: (id) => tables.select().from(sourceAnswers).where(eq(sourceAnswers.source, id)).get()?.answer,
      set: (source, answer) => {
        const set = { answer };
        tables
          .insert(sourceAnswers)
          .values({ source, answer })
          .onConflictDoUpdate({ target: sourceAnswers.source, set })
          .run();
      },
      remove: (id) => void tables.delete(sourceAnswers).where(eq(sourceAnswers.source, id)).run(),
    },
    calls: {
      get: (provider) => tables.select().from(sourceCalls).where(eq(sourceCalls.provider, provider)).get()?.counts,
      set: (provider, counts) => {
        const set = { counts };
        tables
          .insert(sourceCalls)
          .values({ provider, counts })
          .onConflictDoUpdate({ target: sourceCalls.provider, set })
          .run();
      },
    },
  };
}
