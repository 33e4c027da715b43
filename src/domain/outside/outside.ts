import type { Micros, Window } from "../time/time.ts";

/** What the hub knows of the world outside the home. Each kind has providers that know it. */
export const SOURCE_KINDS = [
  "weather",
  "air_quality",
  "carbon",
  "pricing",
  "calendar",
  "smart_meter",
  "sports",
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** A source that somebody set up: `weather`, or `sports_nfl`. A word of `a-z`, `0-9` and `_`. */
export type SourceId = string;

export type OutsideValue = number | string;

/** One value of one quantity from outside, at the time of which it is true. What is not known is left out. */
export type OutsideReading = {
  /** A name of `QUANTITIES` of its kind. */
  readonly quantity: string;
  /** Since when it is so: the moment of measurement, or the beginning of the slot. */
  readonly time: Micros;
  readonly value: OutsideValue;
  /** Of a value over a slot (an hour's consumption): when the slot ends. */
  readonly until?: Micros;
  /** How sure the provider is of it; absent: measured or set. */
  readonly quality?: "estimated" | "preliminary";
  /** Whose it is, where one source knows the same quantity of several: a team. */
  readonly of?: OutsideSubject;
};

/** `key` is a word of `a-z`, `0-9` and `_` and stays the same for good: the series is named by it. */
export type OutsideSubject = { readonly key: string; readonly name: string };

/** A time of which one value is said. Slots are in order of time, do not overlap, and may leave times out. */
export type Slot = Window & { readonly value: OutsideValue };

/** What was said at one time of the times to come: a forecast, or the prices of tomorrow. Each issue is kept. */
export type Issue = {
  readonly quantity: string;
  /** When the provider made it; where it does not say, when we heard of it. */
  readonly issued: Micros;
  readonly slots: readonly Slot[];
};

/** How a source's value stands now. */
export type OutsidePresent = {
  readonly source: SourceId;
  readonly kind: SourceKind;
  readonly quantity: string;
  readonly of?: OutsideSubject;
  readonly unit: string | null;
  /** null: none, or too old to be told; `why` says it. */
  readonly value: OutsideValue | null;
  readonly time: Micros | null;
  /** When it was fetched. */
  readonly fetched: Micros | null;
  readonly provider: string | null;
  readonly why?: string;
};
