import type { SeriesId } from "../../domain/data/reading.ts";
import type { Traits } from "../../domain/home/selector.ts";
import { type Micros, utcMonthEnd } from "../../domain/time/time.ts";
import type { RollupUsage, StoragePart, Usage } from "../../store/store.ts";
import { type Aging, DAY, dayStart, forecastSizes, type Growth } from "../forecast/forecast.ts";
import { freedBytes, ownBytes, rollupBytes, type Span, shareBefore } from "../forecast/sizes.ts";
import { createKeeper, type Keep, type RetentionRule, type RetentionRules, type Ruled } from "./rules.ts";

export type Kind = "readings" | "events" | "rollups";

/** What the budget will take, told so long before. */
export type Announcement = {
  readonly what: Kind;
  readonly before: Micros;
  readonly announced: Micros;
  readonly due: Micros;
  readonly bytes: number;
};

export type Cutoff = {
  readonly before: Micros;
  readonly reason: "rule" | "default" | "budget";
  readonly rule: RetentionRule | null;
};

export type Plan = {
  readonly asOf: Micros;
  /** What goes now; whom nothing is named for keeps everything. */
  readonly readings: ReadonlyMap<SeriesId, Cutoff>;
  readonly events: Cutoff | null;
  readonly rollups: ReadonlyMap<SeriesId, Cutoff>;
  readonly announced: readonly Announcement[];
  /** Today and the next 30 days, budget applied; null: growth is not known yet. */
  readonly forecast: readonly number[] | null;
  /** Days until the budget is reached by growth alone; null: not within the forecast, or not known. */
  readonly daysLeft: number | null;
};

export const NOTICE: Micros = 30 * DAY;
/** The budget never takes what is younger. */
const YOUNGEST = 31 * DAY;

export type PlanNeeds = {
  readonly rules: RetentionRules;
  readonly asOf: Micros;
  readonly series: readonly Traits[];
  readonly usage: readonly Usage[];
  readonly rollupUsage: readonly RollupUsage[];
  readonly parts: readonly StoragePart[];
  /** The oldest time in the store; null: it is empty. */
  readonly oldest: Micros | null;
  readonly budgetBytes: number;
  readonly growth: Growth | null;
  /** What the log grows to. */
  readonly logLimit: number;
  readonly announced: readonly Announcement[];
  /** True: what is announced goes before its time. */
  readonly atOnce: boolean;
};

/** What goes when, and why. Nothing newer than a cut-off ever goes, and nothing of whom a rule keeps for ever. */
export function makePlan(needs: PlanNeeds): Plan {
  const { rules, asOf, series, budgetBytes, growth } = needs;
  const { keepOf, cutoffs: readings } = byAge(needs, "readings");
  const { keepOf: keepRollups, cutoffs: rollups } = byAge(needs, "rollups");
  let events: Cutoff | null =
    typeof rules.defaults.events === "number"
      ? { before: cutoffAt(asOf, rules.defaults.events), reason: "default", rule: null }
      : null;

  const sizes = sizesWithout(needs, keepOf, keepRollups);
  const items = [
    ...takeable(needs, keepOf, { readings: beforeOf(readings), rollups: beforeOf(rollups) }, events?.before ?? null),
    ...takeableRollups(needs, keepRollups, beforeOf(rollups)),
  ];
  const announced: Announcement[] = [];
  const due: { [what in Kind]: Micros | null } = { readings: null, events: null, rollups: null };
  const taken: { at: Micros; bytes: number }[] = [];
  let freed = 0;
  for (const { what, before, bytes } of items) {
    const day = sizes.findIndex((size) => size - freed > budgetBytes);
    if (day < 0) break;
    const known = needs.announced.find((one) => one.what === what && one.before === before);
    const since = Math.min(known?.announced ?? asOf, asOf);
    const at = Math.max(since + NOTICE, asOf + day * DAY);
    if ((day === 0 && at <= asOf) || needs.atOnce) due[what] = before;
    // What is due stays announced until it has gone.
    announced.push({ what, before, announced: since, due: at, bytes });
    taken.push({ at, bytes });
    freed += bytes;
  }

  const takeDue = (before: Micros | null, cutoffs: Map<SeriesId, Cutoff>, keep: (id: SeriesId) => Keep) => {
    if (before === null) return;
    for (const { series: id } of series)
      if (keep(id) !== "for_ever" && (cutoffs.get(id)?.before ?? Number.NEGATIVE_INFINITY) < before)
        cutoffs.set(id, { before, reason: "budget", rule: null });
  };
  takeDue(due.readings, readings, keepOf);
  takeDue(due.rollups, rollups, keepRollups);
  if (due.events !== null && (events?.before ?? Number.NEGATIVE_INFINITY) < due.events)
    events = { before: due.events, reason: "budget", rule: null };

  const known = growth !== null && growth.bytesPerDay !== null;
  const forecast = sizes.map((size, day) =>
    taken.reduce((left, { at, bytes }) => (at <= asOf + day * DAY ? left - bytes : left), size),
  );
  const reached = sizes.findIndex((size) => size > budgetBytes);
  return {
    asOf,
    readings,
    events,
    rollups,
    announced,
    forecast: known ? forecast : null,
    daysLeft: reached < 0 || (!known && reached > 0) ? null : reached,
  };
}

/** What rules by age let go, and for how long what is kept. */
function byAge({ rules, series, asOf }: PlanNeeds, what: Ruled) {
  const keeperOf = createKeeper(rules, what);
  const kept = new Map(series.map((traits) => [traits.series, keeperOf(traits)]));
  const cutoffs = new Map<SeriesId, Cutoff>();
  for (const [id, { keep, rule }] of kept)
    if (typeof keep === "number")
      cutoffs.set(id, { before: cutoffAt(asOf, keep), reason: rule ? "rule" : "default", rule });
  return { keepOf: (id: SeriesId): Keep => kept.get(id)?.keep ?? rules.defaults[what], cutoffs };
}

const beforeOf = (cutoffs: ReadonlyMap<SeriesId, Cutoff>) => (id: SeriesId) => cutoffs.get(id)?.before ?? null;

/** Whole days of UTC, so that plans of one day are the same. */
const cutoffAt = (asOf: Micros, days: number): Micros => dayStart(asOf) - days * DAY;

export const usedBytes = (parts: readonly StoragePart[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);

/** Sizes of the next days if only rules by age are applied; today alone where growth is not known. */
function sizesWithout(needs: PlanNeeds, keepOf: (id: SeriesId) => Keep, keepRollups: (id: SeriesId) => Keep): number[] {
  const { parts, usage, growth, asOf, rules, logLimit } = needs;
  const used = usedBytes(parts);
  const span = { asOf, oldest: beginning(needs) };
  const logBytes = usedBytes(parts.filter(({ kind }) => kind === "log"));
  const idle: Growth = {
    readingsPerDay: 0,
    eventsPerDay: 0,
    bytesPerDay: 0,
    logBytesPerDay: 0,
    settledLogBytes: null,
    days: 0,
  };
  const grows = growth ?? idle;
  const isRecent = ({ month }: Usage) => utcMonthEnd(month) > asOf - YOUNGEST;
  const recentBytes = ownBytes(usage.filter(isRecent));
  const perDay = grows.bytesPerDay ?? 0;
  const aging: Aging[] = [];
  /** @param ofSeries those whose readings and roll-ups are kept so */
  const age = (keepDays: number, ofSeries: readonly Usage[], bytesOf: typeof freedBytes) => {
    for (const [month, own] of Map.groupBy(ofSeries, (row) => row.month))
      aging.push({ month, keepDays, bytes: bytesOf(own, span), newBytesPerDay: 0 });
    // What comes from now on ages too, once.
    const share = recentBytes === 0 ? 0 : bytesOf(ofSeries.filter(isRecent), span) / recentBytes;
    aging.push({ month: NEVER, keepDays, bytes: 0, newBytesPerDay: share * perDay });
  };
  for (const [keepDays, rows] of Map.groupBy(usage, ({ series }) => keepOf(series))) {
    if (typeof keepDays !== "number") continue;
    for (const [keepRollupDays, own] of Map.groupBy(rows, ({ series }) => keepRollups(series))) {
      age(keepDays, own, freedBytes);
      // Where roll-ups would go with their readings, or before them, none are made.
      if (typeof keepRollupDays === "number") age(Math.max(keepDays, keepRollupDays), own, rollupBytes);
    }
  }
  for (const { series, month, bytes } of needs.rollupUsage) {
    const keepDays = keepRollups(series);
    if (typeof keepDays === "number") aging.push({ month, keepDays, bytes, newBytesPerDay: 0 });
  }
  const { events } = rules.defaults;
  if (typeof events === "number")
    for (const { month, bytes } of eventParts(parts)) aging.push({ month, keepDays: events, bytes, newBytesPerDay: 0 });
  const sizes = forecastSizes({
    usedBytes: used,
    logBytes,
    logLimit,
    growth: grows,
    aging,
    asOf,
    oldest: beginning(needs),
  });
  return growth === null ? sizes.slice(0, 1) : sizes;
}

const NEVER = "2250-01";

const eventParts = (parts: readonly StoragePart[]) =>
  parts.flatMap(({ kind, month, bytes }) => (kind === "events" && month !== null ? [{ month, bytes }] : []));

type Item = { readonly what: Kind; readonly before: Micros; readonly bytes: number };

/** What the budget may take, month by month, oldest first; of a month the readings before the events. */
function takeable(
  needs: PlanNeeds,
  keepOf: (id: SeriesId) => Keep,
  goesBefore: { readonly [what in Ruled]: (id: SeriesId) => Micros | null },
  eventsBefore: Micros | null,
): Item[] {
  const { usage, parts, asOf, rules } = needs;
  const span = { asOf, oldest: beginning(needs) };
  const left = new Map<string, { readings: number; events: number }>();
  const add = (month: string, what: "readings" | "events", bytes: number) => {
    const sums = left.get(month) ?? { readings: 0, events: 0 };
    sums[what] += bytes;
    left.set(month, sums);
  };
  for (const row of usage) {
    const { series, month } = row;
    if (keepOf(series) === "for_ever") continue;
    const goneByAge = gone(month, goesBefore.readings(series), span);
    // Of these readings no roll-ups are made: a rule lets them go, too.
    const alone = Math.max(0, gone(month, goesBefore.rollups(series), span) - goneByAge);
    add(month, "readings", freedBytes([row], span) * (1 - goneByAge) + rollupBytes([row], span) * alone);
  }
  if (rules.defaults.events !== "for_ever")
    for (const { month, bytes } of eventParts(parts))
      add(month, "events", bytes * (1 - gone(month, eventsBefore, span)));
  return [...left]
    .filter(([month]) => utcMonthEnd(month) <= asOf - YOUNGEST)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([month, sums]) =>
      (["readings", "events"] as const)
        .filter((what) => sums[what] >= 1)
        .map((what) => ({ what, before: utcMonthEnd(month), bytes: Math.round(sums[what]) })),
    );
}

/** Roll-ups that the budget may take, when nothing else is left for it: oldest first. */
function takeableRollups(
  needs: PlanNeeds,
  keepOf: (id: SeriesId) => Keep,
  goesBefore: (id: SeriesId) => Micros | null,
): Item[] {
  const { rollupUsage, asOf } = needs;
  const span = { asOf, oldest: beginning(needs) };
  const left = new Map<string, number>();
  for (const { series, month, bytes } of rollupUsage)
    if (keepOf(series) !== "for_ever" && utcMonthEnd(month) <= asOf - YOUNGEST)
      left.set(month, (left.get(month) ?? 0) + bytes * (1 - gone(month, goesBefore(series), span)));
  return [...left]
    .filter(([, bytes]) => bytes >= 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, bytes]) => ({ what: "rollups", before: utcMonthEnd(month), bytes: Math.round(bytes) }));
}

const gone = (month: string, before: Micros | null, span: Span): number =>
  before === null ? 0 : shareBefore(month, before, span);

const beginning = ({ oldest }: PlanNeeds): Micros => oldest ?? Number.NEGATIVE_INFINITY;
