/** Exponential back-off with full jitter: waits grow from `firstMs` to `mostMs`, each a random part of its step. */
export type Backoff = { next(): number; reset(): void; readonly tries: number };

export function createBackoff(needs: { firstMs: number; mostMs: number; random?: () => number }): Backoff {
  const { firstMs, mostMs, random = Math.random } = needs;
  let tries = 0;
  return {
    next: () => {
      const step = Math.min(mostMs, firstMs * 2 ** Math.min(tries, 30));
      tries++;
      // Never below half a step: a wait of nearly nothing would not be a wait.
      return step / 2 + (random() * step) / 2;
    },
    reset: () => {
      tries = 0;
    },
    get tries() {
      return tries;
    },
  };
}
