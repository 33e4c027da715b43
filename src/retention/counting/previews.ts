import { currentIdentity } from "../../domain/data/series.ts";
import { type Traits, traitsOf } from "../../domain/home/selector.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { DiskRoom } from "../../platform/disk.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { StoragePart, Store, Usage } from "../../store/store.ts";
import { type Growth, measureGrowth } from "../forecast/forecast.ts";
import type { RetentionMemory } from "../memory.ts";
import { type Budget, budgetOf } from "../plan/budget.ts";
import { makePlan, type Plan, usedBytes } from "../plan/plan.ts";
import type { RetentionRules } from "../plan/rules.ts";
import type { Counting, Held } from "./counting.ts";
import { type Count, countPlan, countRollups, partialsOf, type RollupCount } from "./counts.ts";

export type Preview = {
  readonly id: string;
  readonly plan: Plan;
  readonly counts: readonly Count[];
  /** Events that go. */
  readonly events: number;
  readonly eventBytes: number;
  /** Roll-ups that go. */
  readonly rollups: readonly RollupCount[];
  readonly expires: Micros;
};

export type StorageFigures = {
  readonly asOf: Micros;
  readonly room: DiskRoom | null;
  readonly parts: readonly StoragePart[];
  readonly growth: Growth | null;
  readonly budget: Budget;
  readonly used: number;
  readonly daysLeft: number | null;
  /** Today and the days after; null: growth is not known yet. */
  readonly forecast: readonly number[] | null;
};

/** What a series takes of a month, its readings and what is left of those that went. */
export type Taken = Pick<Usage, "series" | "month" | "readings" | "bytes">;

const PREVIEW_MS = 60 * 60_000;
const MOST_PREVIEWS = 10;
const USAGE_HOLDS_MS = 30_000;

/** Works out what would go and how the store will grow; changes nothing. */
export function createPreviews(needs: {
  readonly store: Pick<Store, "storage" | "series" | "latest" | "stats">;
  readonly counting: Pick<Counting, "usage" | "horizons" | "rollups" | "count">;
  readonly memory: { readonly now: Pick<RetentionMemory, "samples" | "announced"> };
  readonly room: () => Promise<DiskRoom>;
  /** What the log grows to, in bytes. */
  readonly logLimit: number;
  readonly clock: Clock;
}) {
  const { store, counting, memory, clock } = needs;
  const previews = new Map<string, Preview & { readonly of: RetentionRules }>();
  let made = 0;
  let usageHeld: { readonly until: number; readonly held: Promise<Held> } | undefined;

  const room = () => needs.room().catch(() => null);
  const usage = (): Promise<Held> => {
    if (usageHeld && usageHeld.until > clock.ticks()) return usageHeld.held;
    const asked = counting.usage();
    usageHeld = { until: clock.ticks() + USAGE_HOLDS_MS, held: asked };
    asked.catch(() => {
      usageHeld = undefined;
    });
    return asked;
  };
  const forget = () => {
    usageHeld = undefined;
  };
  const traits = (): Traits[] =>
    [...store.series().values()].map((series) =>
      traitsOf(series.id, currentIdentity(series), store.latest(series.id)?.attributes),
    );
  const planFor = async (rules: RetentionRules, asOf: Micros, atOnce: boolean) => {
    const [held, free] = [await usage(), await room()];
    const parts = store.storage();
    const { oldest } = store.stats();
    const { samples, announced } = memory.now;
    const growth = measureGrowth({ samples, parts, usage: held.readings, asOf, oldest });
    const budget = budgetOf(rules, free);
    const plan = makePlan({
      ...{ rules, asOf, series: traits(), usage: held.readings, parts, oldest, growth, announced, atOnce },
      ...{ rollupUsage: held.rollups },
      budgetBytes: budget.bytes,
      logLimit: needs.logLimit,
    });
    return { plan, held, parts, growth, room: free, budget };
  };

  return {
    room,
    usage: async (): Promise<readonly Taken[]> => {
      const { readings, rollups } = await usage();
      return [...readings, ...rollups.map(({ series, month, bytes }) => ({ series, month, readings: 0, bytes }))];
    },
    /** What was counted may be so no more. */
    forget,
    make: async (rules: RetentionRules, asOf: Micros, atOnce: boolean): Promise<Preview> => {
      // Fresh: what a preview says must be what then goes.
      forget();
      const { plan, held, parts } = await planFor(rules, asOf, atOnce);
      const horizons = await counting.horizons([...plan.readings].map(([id, { before }]) => [id, before]));
      const { readings, events } = await counting.count(
        partialsOf(horizons, held.readings),
        plan.events?.before ?? null,
      );
      const withRollups = new Set(held.rollups.map(({ series }) => series));
      const rollups = await counting.rollups(
        [...plan.rollups].flatMap(([id, { before }]) => (withRollups.has(id) ? [[id, before]] : [])),
      );
      const preview: Preview = {
        id: `${++made}-${Math.floor(asOf / 1_000_000).toString(36)}`,
        plan,
        counts: countPlan(plan, horizons, held.readings, new Map(readings)),
        events,
        rollups: countRollups(plan, held.rollups, rollups),
        eventBytes: bytesOfEvents(parts, events),
        expires: clock.now() + PREVIEW_MS * 1000,
      };
      previews.set(preview.id, { ...preview, of: rules });
      for (const id of [...previews.keys()].slice(0, -MOST_PREVIEWS)) previews.delete(id);
      return preview;
    },
    /** undefined: there is none, it is too old, or of other rules. */
    find: (id: string, rules: RetentionRules): Preview | undefined => {
      const known = previews.get(id);
      return known && known.of === rules && known.expires >= clock.now() ? known : undefined;
    },
    figures: async (rules: RetentionRules, asOf: Micros): Promise<StorageFigures> => {
      const { plan, held: _, ...figures } = await planFor(rules, asOf, false);
      const { forecast, daysLeft } = plan;
      return { asOf, ...figures, used: usedBytes(figures.parts), forecast, daysLeft };
    },
  };
}

function bytesOfEvents(parts: readonly StoragePart[], count: number): number {
  const events = parts.filter(({ kind }) => kind === "events");
  const entries = events.reduce((sum, part) => sum + part.entries, 0);
  return entries === 0 ? 0 : Math.round((usedBytes(events) * Math.min(count, entries)) / entries);
}
