import type { Context } from "../../domain/data/reading.ts";
import { type Micros, microsFromMillis, type Window } from "../../domain/time/time.ts";

/** What caused what, by contexts: Home Assistant gives what an automation does a context that names its cause as parent. */
export type Links = {
  add(context: Context): void;
  /** The asked context, its causes and its effects, nearest first; `complete` is false where there were more. */
  around(
    asked: string,
    depth: number,
    most: number,
  ): { readonly linked: ReadonlyMap<string, Linked>; readonly complete: boolean };
};

export type Linked = {
  readonly relation: "asked" | "cause" | "effect";
  /** How many steps from the asked one. */
  readonly depth: number;
  readonly parentId: string | null;
};

/** Contexts with a parent that are kept in mind; a home makes some thousands a day. */
const MOST_LINKS = 500_000;

export function createLinks(): Links {
  const parents = new Map<string, string>();
  const children = new Map<string, string[]>();
  return {
    add: ({ id, parentId }) => {
      if (parentId === null || parents.has(id) || parents.size >= MOST_LINKS) return;
      parents.set(id, parentId);
      const known = children.get(parentId);
      if (known) known.push(id);
      else children.set(parentId, [id]);
    },
    around: (asked, depth, most) => {
      const linked = new Map<string, Linked>([
        [asked, { relation: "asked", depth: 0, parentId: parents.get(asked) ?? null }],
      ]);
      let complete = parents.size < MOST_LINKS;
      const take = (id: string, relation: Linked["relation"], steps: number): boolean => {
        if (linked.has(id)) return false;
        if (linked.size >= most || steps > depth) {
          complete = false;
          return false;
        }
        linked.set(id, { relation, depth: steps, parentId: parents.get(id) ?? null });
        return true;
      };
      let cause = parents.get(asked);
      for (let steps = 1; cause !== undefined && take(cause, "cause", steps); steps++) cause = parents.get(cause);
      let level = [asked];
      for (let steps = 1; level.length > 0; steps++)
        level = level.flatMap((id) => children.get(id) ?? []).filter((id) => take(id, "effect", steps));
      return { linked, complete };
    },
  };
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** When a context was made: Home Assistant's ids are ULIDs, whose first ten characters are milliseconds. */
export function timeOfContext(id: string): Micros | undefined {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  let millis = 0;
  for (const letter of id.slice(0, 10)) millis = millis * 32 + ALPHABET.indexOf(letter);
  const micros = microsFromMillis(millis);
  return Number.isSafeInteger(micros) ? micros : undefined;
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
/** An automation that waits acts hours after its cause; days are looked back where the cause says so. */
const MOST_BACK = 7 * DAY;

/** Where to look for a context when nobody says: around the time that its id tells, else the last day. */
export function windowAround(id: string, now: Micros): Window {
  const time = timeOfContext(id);
  if (time === undefined || time > now + DAY) return { from: now - DAY, to: now };
  return { from: time - HOUR, to: time + DAY };
}

/** The window that also holds a cause from before it; undefined: it holds all, or the cause is too old. */
export function widened(window: Window, causes: Iterable<string>, asked: string): Window | undefined {
  const of = timeOfContext(asked) ?? window.to;
  let { from } = window;
  for (const cause of causes) from = Math.min(from, (timeOfContext(cause) ?? from) - 1_000_000);
  from = Math.max(from, of - MOST_BACK);
  return from < window.from ? { from, to: window.to } : undefined;
}
