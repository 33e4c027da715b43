import type { Micros } from "../../../domain/time.ts";
import type { Bucket, SeriesKind, StatisticsFunction } from "../shapes.ts";
import type { Numbers } from "./numbers.ts";
import type { States } from "./states.ts";

/** Further ones are counted: a text that says the time would make the answer longer than the readings. */
const MOST_STATES = 100;

export type BucketContent = {
  readonly from: Micros;
  readonly to: Micros;
  readonly numbers: Readonly<Numbers>;
  readonly states: States | undefined;
};

/** Whether there is anything to say of it. */
export const isKnown = ({ numbers }: BucketContent): boolean => numbers.known > 0 || numbers.readings > 0;

export function bucketOf(
  content: BucketContent,
  needs: {
    readonly functions: ReadonlySet<StatisticsFunction>;
    readonly kind: SeriesKind;
    /** A counter that may go down by itself: Home Assistant's `total`. */
    readonly difference: boolean;
    readonly time: (time: Micros) => string | number;
  },
): Bucket {
  const { from, to, numbers, states } = content;
  const { functions, kind } = needs;
  const texts = kind !== "numeric";
  const value = (one: number): number | null => (Number.isFinite(one) ? one : null);
  const values: { [F in StatisticsFunction]?: () => Bucket[F] } = {
    mean: () => value(numbers.covered > 0 ? numbers.integral / numbers.covered : Number.NaN),
    min: () => value(numbers.min),
    max: () => value(numbers.max),
    sum: () => value(numbers.numbers > 0 ? numbers.sum : Number.NaN),
    count: () => (texts ? numbers.readings : numbers.numbers),
    changes: () => numbers.changes,
    first: () => (texts ? (states?.first ?? null) : value(numbers.first)),
    last: () => (texts ? (states?.last ?? null) : value(numbers.last)),
    increase: () => value(needs.difference ? numbers.difference : numbers.increase),
    covered: () => numbers.covered,
    states: () => statesOf(states),
  };
  const bucket: Record<string, unknown> = {
    from: needs.time(from),
    to: needs.time(to),
    completeness: Math.min(1, numbers.known / ((to - from) / 1e6)),
    source: "readings",
  };
  for (const name of functions) bucket[name] = values[name]?.();
  const omitted = functions.has("states") ? (states?.times.size ?? 0) - MOST_STATES : 0;
  if (omitted > 0) bucket.states_omitted = omitted;
  return bucket as Bucket;
}

/** Built entry by entry, since `__proto__` may be a state like any other. */
function statesOf(states: States | undefined): Bucket["states"] {
  const longest = [...(states?.times ?? [])].sort(([, a], [, b]) => b.seconds - a.seconds || b.entered - a.entered);
  return Object.fromEntries(longest.slice(0, MOST_STATES));
}
