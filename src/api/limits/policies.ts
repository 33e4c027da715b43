/**
 * What one caller may ask for, by kind of question. Generous for a home: they stop a program that runs wild, not a
 * dashboard. docs/api.md names them.
 */
export type Limit = { readonly requests: number; readonly perSeconds: number };
export type LimitName = "now" | "history" | "write";
export type Limits = { readonly [name in LimitName]: Limit };

export const LIMITS: Limits = {
  /** From memory: tens of thousands a second cost nobody anything. */
  now: { requests: 1_000_000, perSeconds: 10 },
  /** From disk, through the worker. */
  history: { requests: 6_000, perSeconds: 60 },
  write: { requests: 1_200, perSeconds: 60 },
};

/** Reads from disk under way at a time: of one caller, past which it is asked to wait; of all, past which the hub is busy. */
export const MOST_AT_ONCE = { caller: 32, all: 64 } as const;

/** Each reads for minutes and holds on to files meanwhile. */
export const MOST_EXPORTS = { caller: 2, all: 4 } as const;
