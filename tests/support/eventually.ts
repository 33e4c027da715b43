const PAUSE_MS = 100;

/** Tries until `check` no longer throws; after `within` seconds its last error is the answer. */
export async function eventually<T>(within: number, check: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + within * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
