/** A value that can be watched. Pages read it through `useCell`. */
export type Cell<T> = {
  get(): T;
  set(next: T): void;
  /** Calls back on every set; the answer ends it. */
  watch(listener: () => void): () => void;
};

export function createCell<T>(first: T): Cell<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
