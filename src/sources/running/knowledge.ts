import type { Issue, OutsideReading, OutsideSubject, SourceKind } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { QUANTITIES } from "../quantities.ts";
import type { Answered, AnyProvider } from "../source.ts";

/** One value and how long it is so; without `until`: until something else is said, or it is too old. */
export type Piece = Pick<OutsideReading, "value" | "quality"> & {
  readonly from: Micros;
  readonly until?: Micros;
};

/** What is known of one quantity (of one subject), and from whom. */
export type Held = {
  readonly quantity: string;
  readonly of?: OutsideSubject;
  readonly provider: string;
  readonly fetched: Micros;
  readonly unit: string | null;
  /** In order of `from`; of the past no more than what may still be the present. */
  readonly pieces: readonly Piece[];
};
export type HeldIssue = Omit<Held, "pieces" | "quantity" | "of"> & { readonly issue: Issue };

/** What a source knows. Kept on disk, so it is plain JSON. */
export type Knowledge = {
  readonly provider: string;
  readonly fetched: Micros;
  /** By the name that a series has of it: `temperature`, `bills_score`. */
  readonly quantities: { readonly [name: string]: Held };
  readonly issues: { readonly [quantity: string]: HeldIssue };
  readonly facts?: { readonly facts: unknown; readonly provider: string; readonly fetched: Micros };
  readonly waitsFor?: string;
  /** Before that it is not asked again, also by a hub that starts. */
  readonly due?: Micros;
};

export type Present =
  | { readonly known: true; readonly piece: Piece; readonly held: Held; readonly next: Micros | undefined }
  | { readonly known: false; readonly since: Micros; readonly why: string; readonly next: Micros | undefined };

/**
 * How time is meant by kind.
 * - `begins`: slots of its issues become readings when they begin; a forecast of the weather does not.
 * - `slots`: a value with an end is over then. Else one that was over when it was heard (the rain of the last hour) is the
 *   present until it is too old.
 * - `set`: a slot holds until it ends, whenever it was heard of.
 * - `measured`: a value's time is that of its measurement, so its age is the value's. Else it is since when it is so.
 */
const MEANS: { readonly [kind in SourceKind]: ReadonlySet<"begins" | "slots" | "set" | "measured"> } = {
  weather: new Set(["measured"]),
  air_quality: new Set(["measured"]),
  smart_meter: new Set(["measured"]),
  carbon: new Set(["begins", "slots", "measured"]),
  pricing: new Set(["begins", "slots", "set"]),
  calendar: new Set(["begins", "slots"]),
  sports: new Set([]),
};

/** Whether a value that has ended is over, whatever its age. */
export const endsAreHard = (kind: SourceKind): boolean => MEANS[kind].has("slots");

/** What an answer adds to what was known. A quantity that it does not hold stays as it was, and grows old. */
export function learn(
  before: Knowledge | undefined,
  answered: Answered<unknown>,
  { provider, now }: { readonly provider: AnyProvider; readonly now: Micros },
): Knowledge {
  const { kind, id } = provider;
  const unitOf = (quantity: string) => answered.units?.[quantity] ?? QUANTITIES[kind][quantity]?.unit ?? null;
  const quantities: { [name: string]: Held } = { ...before?.quantities };
  const issues: { [quantity: string]: HeldIssue } = { ...before?.issues };
  const slots = MEANS[kind].has("begins") ? answered.issues : [];
  const subjects = Map.groupBy(answered.readings, ({ quantity, of }) => nameOf(quantity, of));
  for (const { quantity } of slots) if (!subjects.has(quantity)) subjects.set(quantity, []);
  for (const [name, readings] of subjects) {
    const { quantity, of } = readings[0] ?? { quantity: name };
    const own = of === undefined ? slots.filter((one) => one.quantity === quantity) : [];
    const pieces = piecesOf(readings, own, kind);
    if (pieces.length === 0) continue;
    const held = { provider: id, fetched: now, unit: unitOf(quantity), pieces };
    quantities[name] = { quantity, ...(of === undefined ? {} : { of }), ...held };
  }
  for (const issue of answered.issues)
    issues[issue.quantity] = { provider: id, fetched: now, unit: unitOf(issue.quantity), issue };
  return {
    provider: id,
    fetched: now,
    quantities,
    issues,
    ...(answered.facts === undefined
      ? before?.facts && { facts: before.facts }
      : { facts: { facts: answered.facts, provider: id, fetched: now } }),
    ...(answered.waitsFor === undefined ? {} : { waitsFor: answered.waitsFor }),
  };
}

export const nameOf = (quantity: string, of: OutsideSubject | undefined): string =>
  of === undefined ? quantity : `${of.key}_${quantity}`;

/** In order of time; where a reading and a slot begin together, the reading counts. */
function piecesOf(readings: readonly OutsideReading[], issues: readonly Issue[], kind: SourceKind): Piece[] {
  const byTime = new Map<Micros, Piece>();
  // What was said of a time before it began is no measurement.
  const quality = MEANS[kind].has("measured") ? { quality: "estimated" as const } : {};
  for (const { slots } of issues)
    for (const { from, to, value } of slots) byTime.set(from, { from, until: to, value, ...quality });
  for (const { time, value, until, quality: said } of readings)
    byTime.set(time, {
      from: time,
      value,
      ...(until === undefined ? {} : { until }),
      ...(said === undefined ? {} : { quality: said }),
    });
  return [...byTime.values()].sort((a, b) => a.from - b.from);
}

/** What is so at a time, and when that may change by itself. */
export function presentOf(held: Held, now: Micros, kind: SourceKind, tooOldMs: number): Present {
  const { pieces, fetched } = held;
  const index = pieces.findLastIndex(({ from }) => from <= now);
  const next = pieces[index + 1]?.from;
  const piece = pieces[index];
  if (!piece) return { known: false, since: now, why: "It is known only of later times.", next };
  const { from, until } = piece;
  const means = MEANS[kind];
  const isHard = until !== undefined && (means.has("slots") || until > fetched);
  const measured = until ?? (means.has("measured") ? from : fetched);
  const tooOld = isHard && means.has("set") ? Number.POSITIVE_INFINITY : Math.min(measured, fetched) + tooOldMs * 1000;
  const ends = Math.min(isHard ? until : Number.POSITIVE_INFINITY, tooOld);
  if (ends <= now) {
    const why =
      ends === tooOld ? `The last value is older than ${lengthOf(tooOldMs)}.` : "Nothing is known of this time.";
    return { known: false, since: Math.max(ends, from), why, next };
  }
  const changes = Math.min(ends, next ?? Number.POSITIVE_INFINITY);
  return { known: true, piece, held, next: Number.isFinite(changes) ? changes : undefined };
}

/** Without what is over and told. */
export const forget = (knowledge: Knowledge, now: Micros): Knowledge => ({
  ...knowledge,
  quantities: Object.fromEntries(
    Object.entries(knowledge.quantities).map(([name, held]) => {
      const index = held.pieces.findLastIndex(({ from }) => from <= now);
      return [name, index <= 0 ? held : { ...held, pieces: held.pieces.slice(index) }];
    }),
  ),
});

/** Whether an issue says what was said before, but for what is over. */
export function saysTheSame(issue: Issue, before: Issue | undefined): boolean {
  if (!before || issue.slots.length === 0) return false;
  const said = new Map(before.slots.map(({ from, to, value }) => [`${from} ${to}`, value]));
  return issue.slots.every(({ from, to, value }) => said.get(`${from} ${to}`) === value);
}

const lengthOf = (ms: number): string =>
  ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${ms / 1000} s`;
