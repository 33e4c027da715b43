import type { Log } from "../../platform/told/log.ts";

/** Counts what Home Assistant sent and nobody can use, by reason. */
export type MalformedCounter = {
  count(why: string): void;
  readonly total: number;
  /** `malformed_frames`, and of these `malformed_<reason>` each. */
  figures(): { readonly [name: string]: number };
};

/** More reasons than there are; what comes on top is counted together. */
const MOST_REASONS = 40;

/** The log gets the first of each reason. */
export function createMalformedCounter(log: Log, counted: () => void): MalformedCounter {
  let total = 0;
  const reasons = new Map<string, number>();
  return {
    get total() {
      return total;
    },
    count: (why) => {
      total++;
      const reason = reasonOf(why);
      const before = reasons.get(reason);
      const name = before === undefined && reasons.size >= MOST_REASONS ? "other" : reason;
      reasons.set(name, (reasons.get(name) ?? 0) + 1);
      if (before === undefined && name === reason)
        log.warning("a message from Home Assistant could not be used", { why });
      counted();
    },
    figures: () => ({
      malformed_frames: total,
      ...Object.fromEntries([...reasons].map(([reason, count]) => [`malformed_${reason}`, count])),
    }),
  };
}

/** Without the entity that it may begin with, and without numbers: `sensor.x: a difference without a time`. */
const reasonOf = (why: string): string =>
  why
    .replace(/^\S*: /, "")
    .replace(/^an? /, "")
    .replace(/[^a-z]+/gi, "_")
    .toLowerCase();
