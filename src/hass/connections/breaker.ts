import { backoffMs } from "../../platform/backoff.ts";

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

const WAITS = { firstMs: 1_000, mostMs: 5 * 60_000 };
/** After a refusal (a wrong token, another home). */
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

export const failed = (breaker: Breaker, now: number, how: { refused: boolean; random?: () => number }): Breaker => {
  const least = how.refused ? WAIT_AFTER_REFUSAL_MS : 0;
  return {
    state: "open",
    failures: breaker.failures + 1,
    waits: breaker.waits + 1,
    retryAt: now + Math.max(least, backoffMs(breaker.waits, WAITS, how.random)),
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
