import type { Micros } from "../../../domain/time/time.ts";
import type { Bucket, SeriesKind, StatisticsFunction } from "../shapes.ts";
import type { Imported } from "./imported.ts";
import type { Numbers } from "./numbers.ts";
import type { States } from "./states.ts";

/** Further ones are counted: a text that says the time would make the answer longer than the readings. */
const MOST_STATES = 100;

export type BucketContent = {
  readonly from: Micros;
  readonly to: Micros;
  readonly numbers: Readonly<Numbers>;
  readonly states: States | undefined;
  readonly imported: Imported | undefined;
};

/** Whether there is anything to say of it. */
export const isKnown = ({ numbers, imported }: BucketContent): boolean =>
  numbers.known > 0 || numbers.readings > 0 || imported !== undefined;

/** Of what imported statistics cover, readings that are to answer in their place must cover so much. */
const ENOUGH = 0.9;

/** Readings answer, but where they are missing or begin only later: never a mix of both. */
const isImported = ({ numbers, imported }: BucketContent): boolean =>
  imported !== undefined && numbers.known < ENOUGH * imported.seconds;

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
  if (kind === "numeric" && isImported(content)) return importedBucket(content, needs);
  const texts = kind !== "numeric";
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
    source: numbers.rolledUp ? "rollups" : "readings",
    ...(numbers.approximate ? { approximate: true } : {}),
  };
  for (const name of functions) bucket[name] = values[name]?.();
  const omitted = functions.has("states") ? (states?.times.size ?? 0) - MOST_STATES : 0;
  if (omitted > 0) bucket.states_omitted = omitted;
  return bucket as Bucket;
}

const value = (one: number | undefined): number | null => (one !== undefined && Number.isFinite(one) ? one : null);

function importedBucket(
  { from, to, imported }: BucketContent,
  needs: { readonly functions: ReadonlySet<StatisticsFunction>; readonly time: (time: Micros) => string | number },
): Bucket {
  const values: { [F in StatisticsFunction]?: number | undefined } = {
    mean: imported?.mean,
    min: imported?.min,
    max: imported?.max,
    last: imported?.last,
    increase: imported?.increase,
  };
  const bucket: Record<string, unknown> = {
    from: needs.time(from),
    to: needs.time(to),
    completeness: null,
    source: "imported",
  };
  for (const name of needs.functions) bucket[name] = name === "states" ? {} : value(values[name]);
  return bucket as Bucket;
}

/** Built entry by entry, since `__proto__` may be a state like any other. */
function statesOf(states: States | undefined): Bucket["states"] {
  const longest = [...(states?.times ?? [])].sort(([, a], [, b]) => b.seconds - a.seconds || b.entered - a.entered);
  return Object.fromEntries(longest.slice(0, MOST_STATES));
}
