import { Failure } from "../../domain/failure.ts";
import type { OnStep } from "./runner.ts";

export type UnderWay = {
  readonly kind: "backup" | "verification" | "removal" | "tidying" | "store_verification";
  /** The backup's; empty: of none. */
  readonly id: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number;
};

/** One thing at a time. */
export type Turns = {
  /** @throws Failure `action_unavailable` at once while something is under way that others do not wait for */
  take<T>(kind: UnderWay["kind"], id: string, run: () => Promise<T>): Promise<T>;
  /** @throws the same, without taking one */
  refuse(): void;
  readonly step: OnStep;
  underWay(): UnderWay | undefined;
  idle(): Promise<void>;
};

export function createTurns(): Turns {
  let now: UnderWay | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const refuse = () => {
    // Tidying takes a moment: others wait for it.
    if (now && now.kind !== "tidying")
      throw new Failure("action_unavailable", `Something else is under way: ${now.kind} ${now.id}`.trim(), {
        fix: "Try again when it is done.",
        retry: true,
      });
  };
  return {
    refuse,
    take: (kind, id, run) => {
      refuse();
      const before = last;
      const own: UnderWay = { kind, id, phase: "starting", done: 0, total: 0 };
      now = own;
      const turn = before
        .catch(() => {})
        .then(run)
        .finally(() => {
          if (now?.kind === kind && now.id === id) now = undefined;
        });
      last = turn.catch(() => {});
      return turn;
    },
    step: (phase, done, total) => {
      if (now) now = { ...now, phase, done, total };
    },
    underWay: () => now,
    idle: async () => {
      await last;
    },
  };
}
