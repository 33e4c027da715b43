import type { Log } from "../platform/log.ts";

/** Malformed frames are counted; the log gets the first of each kind. */
export function createMalformedCounter(log: Log, counted: () => void) {
  let total = 0;
  const seen = new Set<string>();
  return {
    get total() {
      return total;
    },
    count: (why: string) => {
      total++;
      counted();
      const kind = why.replace(/[^ ]*\.[^ ]*|\d+/g, "…");
      if (seen.has(kind) || seen.size > 100) return;
      seen.add(kind);
      log.warning("a message from Home Assistant could not be used", { why });
    },
  };
}
