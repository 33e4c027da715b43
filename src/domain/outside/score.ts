import type { Micros } from "../time/time.ts";
import type { Slot } from "./outside.ts";

/** What came of a forecast: a value at a time, or over one that ends. */
export type Came = { readonly time: Micros; readonly until?: Micros; readonly value: number };

/**
 * How what came is found: the value nearest to the slot's beginning; the sum of what covers the slot without a hole and
 * without a rest; the highest or lowest of a slot that was looked at all through.
 */
export const TRUTHS = ["moment", "sum", "highest", "lowest"] as const;
export type Truth = (typeof TRUTHS)[number];

const HOUR: Micros = 3_600_000_000;
/** A value further from the slot's beginning says nothing of it. */
const NEAR: Micros = HOUR / 2;
/** Between two values further apart the highest or lowest may have been missed. */
const WATCHED: Micros = 2 * HOUR;
/** Hours ahead at which one group of slots ends and the next begins. */
export const LEADS = [0, 1, 3, 6, 12, 24, 48, 72, 120, 168, 240, 384] as const;

export type LeadScore = {
  /** Hours ahead: the first inside, the second not. */
  readonly fromHours: number;
  readonly toHours: number;
  readonly count: number;
  readonly meanAbsoluteError: number;
  /** Above 0: more was forecast than came. */
  readonly bias: number;
};

export type Score = {
  add(issue: { readonly issued: Micros; readonly slots: readonly Slot[] }): void;
  /** Groups of which something came; `unknown` slots are over, and nobody knows what came. */
  result(): { readonly issues: number; readonly leads: readonly LeadScore[]; readonly unknown: number };
};

/**
 * How far forecasts were from what came, by how far ahead they looked.
 *
 * @param needs.came in order of time
 * @param needs.until slots that end later are not judged yet
 */
export function createScore(needs: { truth: Truth; came: readonly Came[]; until: Micros }): Score {
  const { until } = needs;
  const truthOf = TRUTH_OF[needs.truth];
  const groups = LEADS.slice(1).map(() => ({ count: 0, distance: 0, difference: 0 }));
  /** A slot is judged once for each issue, its truth looked up once. */
  const truths = new Map<string, number | null>();
  let issues = 0;
  let unknown = 0;
  return {
    add: ({ issued, slots }) => {
      issues++;
      for (const { from, to, value } of slots) {
        const ahead = (from - issued) / HOUR;
        const group = groups[LEADS.findLastIndex((lead) => lead <= ahead)];
        if (typeof value !== "number" || !group || to > until) continue;
        const key = `${from}-${to}`;
        const truth = truths.get(key) ?? truthOf(needs.came, from, to) ?? null;
        truths.set(key, truth);
        if (truth === null) {
          unknown++;
          continue;
        }
        group.count++;
        group.distance += Math.abs(value - truth);
        group.difference += value - truth;
      }
    },
    result: () => ({
      issues,
      unknown,
      leads: groups.flatMap(({ count, distance, difference }, i) =>
        count === 0
          ? []
          : [
              {
                fromHours: LEADS[i] as number,
                toHours: LEADS[i + 1] as number,
                count,
                meanAbsoluteError: distance / count,
                bias: difference / count,
              },
            ],
      ),
    }),
  };
}

type Find = (came: readonly Came[], from: Micros, to: Micros) => number | undefined;

const TRUTH_OF: { readonly [truth in Truth]: Find } = {
  moment: (came, from) => {
    const at = firstFrom(came, from);
    const [before, after] = [came[at - 1], came[at]];
    const nearest = !before || (after && after.time - from < from - before.time) ? after : before;
    return nearest && Math.abs(nearest.time - from) <= NEAR ? nearest.value : undefined;
  },
  sum: (came, from, to) => {
    let [reached, sum] = [from, 0];
    for (let at = firstFrom(came, from); reached < to; at++) {
      const piece = came[at];
      if (!piece || piece.time > reached) return undefined;
      // Said twice of one time: the later word holds.
      if (came[at + 1]?.time === piece.time || piece.time < reached) continue;
      if (piece.until === undefined || piece.until > to) return undefined;
      sum += piece.value;
      reached = piece.until;
    }
    return sum;
  },
  highest: (came, from, to) => watched(came, from, to, Math.max),
  lowest: (came, from, to) => watched(came, from, to, Math.min),
};

function watched(came: readonly Came[], from: Micros, to: Micros, of: (a: number, b: number) => number) {
  let found: number | undefined;
  let seen = from;
  for (let at = firstFrom(came, from); ; at++) {
    const { time, value } = came[at] ?? { time: to, value: Number.NaN };
    if (Math.min(time, to) - seen > WATCHED) return undefined;
    if (time >= to) return found;
    found = found === undefined ? value : of(found, value);
    seen = time;
  }
}

/** Where the first value at a time or later stands. */
function firstFrom(came: readonly Came[], time: Micros): number {
  let [low, high] = [0, came.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((came[middle] as Came).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
