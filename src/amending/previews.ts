import { Failure } from "../domain/failure.ts";
import type { Micros } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";

const LIFE: Micros = 30 * 60_000_000;
const MOST = 20;

export type Kept<T> = T & { readonly id: string; readonly asOf: Micros; readonly expires: Micros };

/** What was shown before it is done: done by its id, once, and not later than half an hour after. */
export function createPreviews<T extends object>({ kind, clock }: { kind: string; clock: Pick<Clock, "now"> }) {
  const kept = new Map<string, Kept<T>>();
  let made = 0;
  return {
    keep: (what: T): Kept<T> => {
      const asOf = clock.now();
      const preview = { ...what, id: `${kind}-plan-${asOf.toString(36)}-${++made}`, asOf, expires: asOf + LIFE };
      kept.set(preview.id, preview);
      for (const [id] of kept) if (kept.size > MOST) kept.delete(id);
      return preview;
    },
    /** @throws Failure `action_unavailable` */
    find: (id: string): Kept<T> => {
      const found = kept.get(id);
      if (!found || found.expires < clock.now())
        throw new Failure("action_unavailable", "This preview is too old, was done already, or is not known", {
          fix: "Make a new one, and do that.",
        });
      return found;
    },
    done: (id: string): void => void kept.delete(id),
  };
}
