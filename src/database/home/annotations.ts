import { and, asc, count, eq, gte, isNull, lt, or } from "drizzle-orm";
import type { SeriesId } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { type RandomBytes, systemRandom } from "../access/secret.ts";
import type { Tables } from "../open.ts";
import * as schema from "../schema.ts";

/** A note at a time: a moment, or a stretch that ends before `until`. */
export type Annotation = {
  readonly id: string;
  readonly from: Micros;
  readonly until: Micros | null;
  readonly text: string;
  /** Whom it concerns; empty: everything. */
  readonly series: readonly SeriesId[];
  readonly tags: readonly string[];
  readonly created: Micros;
  readonly createdBy: string;
};

export type Annotations = {
  add(note: Omit<Annotation, "id" | "created">): Annotation;
  /** Those that touch the window, oldest first; with `series` only those that concern one of them. */
  list(window: Window, series?: readonly SeriesId[]): readonly Annotation[];
  /** False: there is no such annotation. */
  remove(id: string): boolean;
};

/** app.db is small and precious; a program that annotates every change should find that out. */
const MOST_ANNOTATIONS = 10_000;

export function openAnnotations(needs: { tables: Tables; clock: Clock; random?: RandomBytes }): Annotations {
  const { tables, clock, random = systemRandom } = needs;
  const table = schema.annotations;
  return {
    add: (note) => {
      if ((tables.select({ held: count() }).from(table).get()?.held ?? 0) >= MOST_ANNOTATIONS)
        throw new Failure("limit_reached", `There are ${MOST_ANNOTATIONS} annotations already`, {
          fix: "Delete those that are no longer wanted.",
        });
      const made = { ...note, id: random(9).toString("base64url"), created: clock.now() };
      tables.insert(table).values(made).run();
      return made;
    },
    list: ({ from, to }, series) => {
      const touches = and(
        lt(table.from, to),
        or(and(isNull(table.until), gte(table.from, from)), gte(table.until, from + 1)),
      );
      const found = tables.select().from(table).where(touches).orderBy(asc(table.from), asc(table.id)).all();
      if (!series) return found;
      const wanted = new Set(series);
      return found.filter((note) => note.series.length === 0 || note.series.some((id) => wanted.has(id)));
    },
    remove: (id) => tables.delete(table).where(eq(table.id, id)).run().changes > 0,
  };
}
