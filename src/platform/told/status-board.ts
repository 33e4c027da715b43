import type { PartState, PartStatus } from "../../domain/status.ts";
import type { Clock } from "../time/clock.ts";

/** Where every part says how it is doing. One broken part is a status here, not a crash. */
export type StatusBoard = {
  set(part: string, status: { state: PartState } & Partial<Omit<PartStatus, "part" | "since" | "state">>): void;
  all(): readonly PartStatus[];
  get(part: string): PartStatus | undefined;
  /** The part is gone; listeners hear of it as `off`. */
  remove(part: string): void;
  onChange(listener: (status: PartStatus) => void): () => void;
};

export function createStatusBoard({ clock }: { clock: Clock }): StatusBoard {
  const parts = new Map<string, PartStatus>();
  const listeners = new Set<(status: PartStatus) => void>();
  const set: StatusBoard["set"] = (part, status) => {
    const before = parts.get(part);
    const same = before?.state === status.state && before.why === status.why;
    const next: PartStatus = { part, since: same ? before.since : clock.now(), ...status };
    parts.set(part, next);
    const told = ({ figures, actions }: PartStatus) => JSON.stringify([figures, actions]);
    if (same && told(before) === told(next)) return;
    for (const listener of listeners) listener(next);
  };
  return {
    set,
    all: () => [...parts.values()],
    get: (part) => parts.get(part),
    remove: (part) => {
      if (!parts.has(part)) return;
      set(part, { state: "off", why: "It was removed." });
      parts.delete(part);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
