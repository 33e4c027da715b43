/** Time comes in by the front door here too, so that tests can hold the clock. Milliseconds since the epoch. */
export type Clock = {
  now(): number;
  /** Calls back once, after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
};

/** A browser's clock may be off by minutes; ages are told by the hub's, which says its time in every hello. */
export type HubClock = Clock & { learn(hubTime: string): void };

export function createHubClock(): HubClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    learn: (hubTime) => {
      const time = Date.parse(hubTime);
      if (!Number.isNaN(time)) ahead = time - Date.now();
    },
  };
}
