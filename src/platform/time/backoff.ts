/** Exponential back-off with jitter: waits grow from `firstMs` to `mostMs`, each a random part of its step. */
export type Backoff = { next(): number; reset(): void; readonly tries: number };

export type BackoffRange = { readonly firstMs: number; readonly mostMs: number };

/** The wait after so many tries before, in ms. */
export function backoffMs(
  tries: number,
  { firstMs, mostMs }: BackoffRange,
  random: () => number = Math.random,
): number {
  const step = Math.min(mostMs, firstMs * 2 ** Math.min(tries, 30));
  // Never below half a step: a wait of nearly nothing would not be a wait.
  return step / 2 + (random() * step) / 2;
}

export function createBackoff(needs: BackoffRange & { random?: () => number }): Backoff {
  let tries = 0;
  return {
    next: () => backoffMs(tries++, needs, needs.random),
    reset: () => {
      tries = 0;
    },
    get tries() {
      return tries;
    },
  };
}
