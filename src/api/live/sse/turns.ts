/** So many at a time; the others wait for their turn, first come first served. */
export type Turns = { take<T>(run: () => Promise<T>): Promise<T> };

export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    take: async (run) => {
      if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
      else running++;
      try {
        return await run();
      } finally {
        // The place goes to the next in line, else it is free.
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
