import type { Attributes, Context } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Bus } from "./bus.ts";
import { type State, tooLong } from "./state.ts";
import { sameValue } from "./wire.ts";

export type SetOptions = { readonly force?: boolean; readonly context?: Context; readonly time?: Micros };

/** Home Assistant's state machine. */
export type States = {
  set(entityId: string, state: string, attributes: Attributes, options?: SetOptions): void;
  /** False: there was none. */
  remove(entityId: string, context?: Context, time?: Micros): boolean;
  get(entityId: string): State | undefined;
  all(): Iterable<State>;
  size(): number;
  /** Forgets everything without a word, as a Home Assistant that stops does. */
  clear(): void;
};

export function createStates(needs: { bus: Bus; now: () => Micros; newContext: (time: Micros) => Context }): States {
  const { bus, now, newContext } = needs;
  const states = new Map<string, State>();
  return {
    set(entityId, text, attributes, { force = false, context, time = now() } = {}) {
      const before = states.get(entityId) ?? null;
      // Times of one entity only go forward, also where the clock stands still between two writes.
      const updated = before ? Math.max(time, before.updated + 1) : time;
      const sameText = before !== null && before.state === text && !force;
      const sameAttributes =
        before !== null && (before.attributes === attributes || sameValue(before.attributes, attributes));
      if (before && sameText && sameAttributes) {
        before.reported = updated;
        return;
      }
      const after: State = {
        entityId,
        state: !sameText && tooLong(text) ? "unknown" : text,
        attributes: sameAttributes ? before.attributes : attributes,
        changed: sameText ? before.changed : updated,
        updated,
        reported: updated,
        context: context ?? newContext(updated),
      };
      states.set(entityId, after);
      bus.publish({ entityId, before, after, time: updated, context: after.context });
    },
    remove(entityId, context, time = now()) {
      const before = states.get(entityId);
      if (!before) return false;
      states.delete(entityId);
      const at = Math.max(time, before.updated + 1);
      bus.publish({ entityId, before, after: null, time: at, context: context ?? newContext(at) });
      return true;
    },
    get: (entityId) => states.get(entityId),
    all: () => states.values(),
    size: () => states.size,
    clear: () => states.clear(),
  };
}
