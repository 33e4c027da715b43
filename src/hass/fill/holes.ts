import * as v from "valibot";
import type { Micros } from "../../domain/time/time.ts";

/** A time in which nobody listened. It is kept in app.db until all that can be known of it is stored. */
export type OpenHole = {
  /** Everything before was heard. */
  readonly from: Micros;
  /** The newest time in Home Assistant's states at the new subscription; null: those states are not all stored yet. */
  readonly to: Micros | null;
  /** Entities that changed in it, and of which Home Assistant's history was not complete yet. */
  readonly changed: readonly string[];
  /** Entities that the store held as present and that were not there when it ended. */
  readonly absent: readonly string[];
};

export type HoleBook = { get(): readonly OpenHole[]; set(holes: readonly OpenHole[]): void };

const names = v.fallback(v.array(v.string()), []);
const Holes = v.array(
  v.object({
    from: v.pipe(v.number(), v.safeInteger()),
    to: v.nullable(v.pipe(v.number(), v.safeInteger())),
    changed: names,
    absent: names,
  }),
);

/** What app.db keeps under the holes' key; what is no list of holes is none. */
export function readHoles(value: unknown): OpenHole[] {
  const parsed = v.safeParse(Holes, value);
  return parsed.success ? parsed.output : [];
}
