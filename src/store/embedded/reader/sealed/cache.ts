/** Keeps what was read last, up to so many bytes. What it holds of a file stays true: files are never changed, names never used again. */
export type Cache<T> = { get(key: string): T | undefined; set(key: string, value: T, bytes: number): void };

export function createCache<T>(mostBytes: number): Cache<T> {
  const held = new Map<string, { readonly value: T; readonly bytes: number }>();
  let total = 0;
  return {
    get: (key) => {
      const found = held.get(key);
      if (!found) return undefined;
      held.delete(key);
      held.set(key, found);
      return found.value;
    },
    set: (key, value, bytes) => {
      total += bytes - (held.get(key)?.bytes ?? 0);
      held.delete(key);
      held.set(key, { value, bytes });
      for (const [oldest, one] of held) {
        if (total <= mostBytes || oldest === key) break;
        held.delete(oldest);
        total -= one.bytes;
      }
    },
  };
}
