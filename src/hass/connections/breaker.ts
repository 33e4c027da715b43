import { backoffMs } from "../../platform/time/backoff.ts";

/** What is known of one connection, and when it may be tried again. Times are milliseconds of the clock's ticks. */
export type Breaker = {
  /** closed: it works, or nothing speaks against it. open: it failed and rests. half_open: it is tried again. */
  readonly state: "closed" | "open" | "half_open";
  /** Failures since the last success. */
  readonly failures: number;
  /** Waits since it last held for long; the back-off grows with them. */
  readonly waits: number;
  /** No attempt before this. */
  readonly retryAt: number;
  /** No attempt before this even when a person asks: Home Assistant bans addresses that come with wrong tokens. */
  readonly notBefore: number;
};

/**
 * `absent`: nobody is there, as while Home Assistant restarts; asking costs it nothing, and every second of waiting is one of
 * events that cannot be had again. `refused`: a wrong token, another home. `wrong`: somebody answers, and not as it should.
 */
export type FailureKind = "absent" | "refused" | "wrong";

const WAITS = { firstMs: 1_000, mostMs: 5 * 60_000 };
const WAITS_WHILE_ABSENT = { firstMs: 1_000, mostMs: 15_000 };
/** Waits that an absence counts for at most: what comes back and is not right at once is not left alone for minutes. */
const MOST_WAITS_OF_ABSENCE = 4;
const WAIT_AFTER_REFUSAL_MS = 60_000;
/** Between two attempts that a person asks for. */
const LEAST_BETWEEN_MS = 1_000;

export const NEW_BREAKER: Breaker = { state: "closed", failures: 0, waits: 0, retryAt: 0, notBefore: 0 };

export const mayTry = (breaker: Breaker, now: number): boolean => now >= breaker.retryAt;

export const trying = (breaker: Breaker, now: number): Breaker => ({
  ...breaker,
  state: breaker.state === "open" ? "half_open" : breaker.state,
  notBefore: Math.max(breaker.notBefore, now + LEAST_BETWEEN_MS),
});

export const worked = (breaker: Breaker): Breaker => ({ ...breaker, state: "closed", failures: 0 });

/** It answered a probe. What had failed must do so twice before it is trusted again. */
export const answered = (breaker: Breaker): Breaker =>
  breaker.state === "half_open" && breaker.failures > 0 ? { ...breaker, failures: 0 } : worked(breaker);

export const failed = (breaker: Breaker, now: number, how: { kind: FailureKind; random?: () => number }): Breaker => {
  const isAbsent = how.kind === "absent";
  const least = how.kind === "refused" ? WAIT_AFTER_REFUSAL_MS : 0;
  const wait = backoffMs(breaker.waits, isAbsent ? WAITS_WHILE_ABSENT : WAITS, how.random);
  return {
    state: "open",
    failures: breaker.failures + 1,
    waits: isAbsent ? Math.min(breaker.waits + 1, MOST_WAITS_OF_ABSENCE) : breaker.waits + 1,
    retryAt: now + Math.max(least, wait),
    notBefore: Math.max(breaker.notBefore, now + least),
  };
};

/** It ended without a fault of its own, such as at a restart of Home Assistant. */
export const interrupted = (breaker: Breaker, now: number, random?: () => number): Breaker => ({
  ...breaker,
  waits: breaker.waits + 1,
  retryAt: Math.max(breaker.notBefore, now + backoffMs(breaker.waits, WAITS, random)),
});

/** It held long enough to be called good: the next wait is short again. */
export const held = (breaker: Breaker): Breaker => ({ ...breaker, waits: 0 });

/** A person asks for it: no more waiting than a refusal demands. */
export const askedFor = (breaker: Breaker, now: number): Breaker => ({
  ...breaker,
  waits: 0,
  retryAt: Math.max(now, breaker.notBefore),
});

/** An attempt that was given up before it could tell anything. */
export const abandoned = (breaker: Breaker): Breaker =>
  breaker.state === "half_open" && breaker.failures > 0 ? { ...breaker, state: "open" } : breaker;
