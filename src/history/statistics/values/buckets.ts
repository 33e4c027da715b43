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

/** null is told; undefined is left out. What is no number comes as its JSON. */
export type Value = number | null | undefined | Uint8Array;

/** One thing that an answer says of each bucket. */
export type Field = {
  readonly name: Exclude<keyof Bucket, "from" | "to">;
  /** `,"mean":` */
  readonly key: Uint8Array;
  readonly of: (content: BucketContent) => Value;
};

type Needs = {
  readonly functions: ReadonlySet<StatisticsFunction>;
  readonly kind: SeriesKind;
  /** A counter that may go down by itself: Home Assistant's `total`. */
  readonly difference: boolean;
};

/** What is said of a bucket besides its times, in order: lists made once for all buckets of a series. */
export function fieldsOf({ functions, kind, difference }: Needs): (content: BucketContent) => readonly Field[] {
  const own = kind === "numeric" ? OF_NUMBERS : OF_TEXTS;
  const counted = difference ? { ...own, increase: OF_DIFFERENCE } : own;
  const ofReadings = [...ALWAYS, ...[...functions].map((name) => field(name, counted[name]))];
  if (functions.has("states")) ofReadings.push(field("states_omitted", omittedOf));
  if (kind !== "numeric") return () => ofReadings;
  const ofImported = [...ALWAYS_IMPORTED, ...[...functions].map((name) => field(name, OF_IMPORTED[name] ?? NULL))];
  return (content) => (isImported(content) ? ofImported : ofReadings);
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const value = (one: number | undefined): number | null => (one !== undefined && Number.isFinite(one) ? one : null);
const field = (name: Field["name"], of: Field["of"]): Field => ({ name, key: Buffer.from(`,"${name}":`), of });

const [READINGS, ROLLUPS, IMPORTED, TRUE] = [json("readings"), json("rollups"), json("imported"), json(true)];
const ALWAYS: readonly Field[] = [
  field("completeness", ({ from, to, numbers }) => Math.min(1, numbers.known / ((to - from) / 1e6))),
  field("source", ({ numbers }) => (numbers.rolledUp ? ROLLUPS : READINGS)),
  field("approximate", ({ numbers }) => (numbers.approximate ? TRUE : undefined)),
];

type Values = { readonly [F in StatisticsFunction]: Field["of"] };

const OF_NUMBERS: Values = {
  mean: ({ numbers }) => value(numbers.covered > 0 ? numbers.integral / numbers.covered : Number.NaN),
  min: ({ numbers }) => value(numbers.min),
  max: ({ numbers }) => value(numbers.max),
  sum: ({ numbers }) => value(numbers.numbers > 0 ? numbers.sum : Number.NaN),
  count: ({ numbers }) => numbers.numbers,
  changes: ({ numbers }) => numbers.changes,
  first: ({ numbers }) => value(numbers.first),
  last: ({ numbers }) => value(numbers.last),
  increase: ({ numbers }) => value(numbers.increase),
  covered: ({ numbers }) => numbers.covered,
  states: ({ states }) => json(statesOf(states)),
};
const OF_DIFFERENCE: Field["of"] = ({ numbers }) => value(numbers.difference);
const OF_TEXTS: Values = {
  ...OF_NUMBERS,
  count: ({ numbers }) => numbers.readings,
  first: ({ states }) => json(states?.first ?? null),
  last: ({ states }) => json(states?.last ?? null),
};

const NULL = () => null;
const ALWAYS_IMPORTED: readonly Field[] = [field("completeness", NULL), field("source", () => IMPORTED)];
const OF_IMPORTED: Partial<Values> = {
  mean: ({ imported }) => value(imported?.mean),
  min: ({ imported }) => value(imported?.min),
  max: ({ imported }) => value(imported?.max),
  last: ({ imported }) => value(imported?.last),
  increase: ({ imported }) => value(imported?.increase),
  states: () => json({}),
};

/** Built entry by entry, since `__proto__` may be a state like any other. */
function statesOf(states: States | undefined): Bucket["states"] {
  const longest = [...(states?.times ?? [])].sort(([, a], [, b]) => b.seconds - a.seconds || b.entered - a.entered);
  return Object.fromEntries(longest.slice(0, MOST_STATES));
}

function omittedOf({ states }: BucketContent): number | undefined {
  const omitted = (states?.times.size ?? 0) - MOST_STATES;
  return omitted > 0 ? omitted : undefined;
}
