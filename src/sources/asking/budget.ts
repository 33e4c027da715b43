import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { AnyProvider, Limit } from "../source.ts";
import type { Budget } from "../sources.ts";

/** What a provider may still be asked, by its published limits. Counted over all sources, since limits are. */
export type Budgets = {
  /** Counts one call. @throws Failure `limited` where none is left */
  spend(provider: AnyProvider): void;
  of(provider: AnyProvider): readonly Budget[];
  /** From when on there is a call left; undefined: now. */
  freeAt(provider: AnyProvider): Micros | undefined;
  /** Since the hub started. */
  calls(provider: AnyProvider): number;
};

/** A limit's time is cut into so many slots; it is counted over one more, so that it holds wherever it is said to begin. */
const SLOTS = 30;
/** Shorter limits are over before a start is. */
const KEPT_FROM_MS = 600_000;

const kept = v.record(v.string(), v.array(v.tuple([v.number(), v.number()])));

/** Calls by slot. */
type Counter = { readonly limit: Limit; readonly slot: Micros; readonly slots: Map<number, number> };

export function createBudgets(needs: {
  readonly providers: readonly AnyProvider[];
  readonly clock: Pick<Clock, "now">;
  readonly keep: { get(provider: string): unknown; set(provider: string, counts: unknown): void };
}): Budgets {
  const { providers, clock, keep } = needs;
  const counters = new Map<string, readonly Counter[]>();
  const calls = new Map<string, number>();

  /** Providers of several kinds with one id are one company with one account: the tightest of their limits holds. */
  const limitsOf = (id: string): Limit[] => {
    const all = providers.filter((one) => one.id === id).flatMap(({ limits }) => limits);
    return [...Map.groupBy(all, ({ perMs }) => perMs)].map(([perMs, same]) => ({
      perMs,
      calls: Math.min(...same.map((limit) => limit.calls)),
    }));
  };
  const countersOf = ({ id }: AnyProvider): readonly Counter[] => {
    const known = counters.get(id);
    if (known) return known;
    const read = v.safeParse(kept, keep.get(id));
    const made = limitsOf(id).map((limit): Counter => {
      const counts = read.success ? read.output[String(limit.perMs)] : undefined;
      return { limit, slot: Math.max(1, Math.round((limit.perMs * 1000) / SLOTS)), slots: new Map(counts) };
    });
    counters.set(id, made);
    return made;
  };
  const slotOf = ({ slot }: Counter): number => Math.floor(clock.now() / slot);
  /** A clock that was set back leaves counts ahead of it: they count too, for as long as the limit is. */
  const counting = (counter: Counter): [number, number][] => {
    const now = slotOf(counter);
    return [...counter.slots].filter(([at]) => Math.abs(at - now) <= SLOTS).sort(([a], [b]) => a - b);
  };
  const usedOf = (counter: Counter): number => counting(counter).reduce((sum, [, count]) => sum + count, 0);
  const freeOf = (counter: Counter): Micros | undefined => {
    let used = usedOf(counter);
    if (used < counter.limit.calls) return undefined;
    for (const [at, count] of counting(counter)) {
      used -= count;
      if (used < counter.limit.calls) return (at + SLOTS + 1) * counter.slot;
    }
    return clock.now() + counter.limit.perMs * 1000;
  };
  const freeAt = (provider: AnyProvider): Micros | undefined => {
    const times = countersOf(provider).flatMap((counter) => freeOf(counter) ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  };
  const save = (id: string, all: readonly Counter[]) => {
    const long = all.filter(({ limit }) => limit.perMs >= KEPT_FROM_MS);
    if (long.length > 0) keep.set(id, Object.fromEntries(long.map((one) => [String(one.limit.perMs), counting(one)])));
  };

  return {
    freeAt,
    calls: ({ id }) => calls.get(id) ?? 0,
    of: (provider) =>
      countersOf(provider).map((counter) => {
        const used = usedOf(counter);
        return { ...counter.limit, used, left: Math.max(0, counter.limit.calls - used) };
      }),
    spend: (provider) => {
      const free = freeAt(provider);
      if (free !== undefined)
        throw new Failure(
          "limited",
          `${provider.name} may not be asked again before ${microsToRfc3339(free)}, by its published limits`,
          { retry: true },
        );
      const own = countersOf(provider);
      for (const counter of own) {
        const at = slotOf(counter);
        for (const old of counter.slots.keys()) if (Math.abs(old - at) > SLOTS) counter.slots.delete(old);
        counter.slots.set(at, (counter.slots.get(at) ?? 0) + 1);
      }
      calls.set(provider.id, (calls.get(provider.id) ?? 0) + 1);
      save(provider.id, own);
    },
  };
}
