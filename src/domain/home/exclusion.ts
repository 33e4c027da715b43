import type { Micros } from "../time/time.ts";

/** What is not recorded, by the user's choice: an entity, or all whose `entity_id` matches a pattern. */
export type Exclusion = {
  /** An `entity_id`, or one with `*` for any text and `?` for any character: `camera.*`, `sensor.*_linkquality`. */
  readonly pattern: string;
  readonly since: Micros;
};

export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/** Whether an `entity_id` matches any of the patterns. */
export function createPatternMatcher(patterns: readonly string[]): (entityId: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob).map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, "\\$&")
          // Neighbouring stars mean what one does, and would make a mismatch slow.
          .replace(/\*+/g, ".*")
          .replace(/\?/g, ".")}$`,
      ),
  );
  return (entityId) => exact.has(entityId) || globs.some((glob) => glob.test(entityId));
}
