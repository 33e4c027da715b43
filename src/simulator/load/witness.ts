import type { Attributes } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";

/** One change that the load made. `state` null: a removal (Home Assistant's clients hear no time for it). */
export type Emitted = {
  readonly seq: number;
  readonly entityId: string;
  readonly state: string | null;
  readonly updated: Micros;
  readonly changed: Micros;
  readonly attributes: Attributes;
};

/** What the load really made, for tests to compare with what arrived. Keeps the latest `most` changes. */
export type Witness = {
  readonly count: number;
  add(change: Emitted): void;
  list(from?: number): Emitted[];
  clear(): void;
};

export function createWitness(most: number, write?: (line: string) => void): Witness {
  let kept: Emitted[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(change) {
      count++;
      kept.push(change);
      if (kept.length >= 2 * most) kept = kept.slice(-most);
      if (write) write(`${JSON.stringify([change.seq, change.entityId, change.state, change.updated])}\n`);
    },
    list: (from = 0) => kept.slice(-most).filter((change) => change.seq >= from),
    clear() {
      kept = [];
      count = 0;
    },
  };
}
