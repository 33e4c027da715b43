import type { PastItem } from "../../domain/data/past.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { JobKind, JobWork } from "../../platform/jobs/jobs.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { removal } from "../entities.ts";
import { ENTITIES_AT_ONCE } from "../fill/history.ts";
import { isOwnPlatform } from "../registry/registries.ts";
import type { Call } from "../session/session.ts";
import { createAsking } from "./asking.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { createStatesImport, DAY, type HeldRows, oldestDay } from "./states.ts";
import { createStatisticsImport, listStatistics, type StatisticSource } from "./statistics.ts";

export type ImportNeeds = {
  readonly call: Call;
  readonly clock: Clock;
  /** Why Home Assistant is not to be asked now; undefined: it may be. */
  readonly busy: () => string | undefined;
  /** Every name that the hub records, and whether there is one that it does not by choice. */
  readonly recorded: () => readonly string[];
  readonly isExcluded: (entityId: string) => boolean;
  readonly heldRows: (entityId: string, window: Window) => Promise<HeldRows>;
  readonly heldStatistics: (entityId: string, window: Window) => Promise<ReadonlyMap<Micros, Statistic>>;
  /** What the statistics of each entity are in. */
  readonly noteUnits: (units: ReadonlyMap<string, string>) => void;
  /** Files and stores, and tells nobody. */
  readonly store: (items: readonly PastItem[]) => Promise<void>;
  /** When the hub began to record this home, kept for good: what came since then it has heard itself. */
  readonly began: { get(): Micros | undefined; set(time: Micros): void };
  /** Waits after which Home Assistant's recorder has written what came before. */
  readonly settleMs: number;
};

export const IMPORT = "import";

/** What Home Assistant's recorder held when the hub came: states of all entities, and their long-term statistics. */
export const importJob = (needs: ImportNeeds): JobKind => ({
  kind: IMPORT,
  unit: "parts",
  byHand: true,
  run: (work) => runImport(needs, work),
});

async function runImport(needs: ImportNeeds, work: JobWork): Promise<void> {
  const { clock, began } = needs;
  const ask = createAsking({ ...needs, work });
  const registry = await ask({ type: "config/entity_registry/list" });
  const until = began.get() ?? clock.now();
  if (began.get() === undefined) began.set(until);

  let at: Checkpoint = readCheckpoint(work.checkpoint);
  const refused: string[] = [];
  const listed = await orRefused(() => listStatistics(ask), refused);
  const recorded = needs.recorded();
  const own = ownNames(registry);
  const sources = (listed?.sources ?? []).filter(({ entityId }) => !own.has(entityId) && !needs.isExcluded(entityId));
  const gone = namesGone(sources, recorded, registry);
  const names = [...new Set([...recorded.filter((name) => !needs.isExcluded(name)), ...gone])].sort();
  const groups = Array.from({ length: Math.ceil(names.length / ENTITIES_AT_ONCE) }, (_, i) =>
    names.slice(i * ENTITIES_AT_ONCE, (i + 1) * ENTITIES_AT_ONCE),
  );

  const keep = (next: Partial<Checkpoint>) => {
    at = { ...at, ...next };
    const counts = { readings: at.readings, statistics: at.statistics };
    work.tell({
      done: at.parts,
      outcome: at.since === undefined ? counts : { ...counts, since: microsToRfc3339(at.since) },
    });
    work.keep(at);
  };
  work.tell({
    outcome: { entities: names.length, until: microsToRfc3339(until), external_left_out: listed?.external ?? 0 },
  });

  if (gone.length > 0) {
    // Before their past: with that alone they would pass for present.
    const items = gone.map((name): PastItem => ({ kind: "change", change: removal(name, until, "imported") }));
    await needs.store(items);
  }

  needs.noteUnits(new Map(sources.flatMap(({ entityId, unit }) => (unit === null ? [] : [[entityId, unit]]))));

  await orRefused(async () => {
    const oldest = at.statesUntil ?? (await oldestDay(ask, names, until));
    if (oldest === undefined) return;
    // Days begin with the day, states somewhere in it; a later start of the same job keeps what was found first.
    let since = at.since;
    keep({ statesUntil: oldest });
    const days = Math.ceil((until - oldest) / DAY);
    work.tell({ total: at.parts + days * groups.length + sources.length });
    const importStates = createStatesImport({ ...needs, call: ask });
    for (let from = oldest; from < until; from += DAY) {
      const to = Math.min(from + DAY, until);
      if (to === until) await settled(needs, until, work.signal);
      let { parts, readings } = at;
      for (const group of groups) {
        const { found, first } = await importStates(group, { from, to });
        readings += found;
        if (first !== undefined) since = Math.min(since ?? first, first);
        work.tell({ done: ++parts, outcome: { readings } });
      }
      keep({ statesUntil: to, parts, readings, ...(since === undefined ? {} : { since }) });
    }
  }, refused);

  const importStatistic = createStatisticsImport({ call: ask, held: needs.heldStatistics, store: needs.store });
  const left = sources.filter(({ entityId }) => at.statisticsAfter === undefined || entityId > at.statisticsAfter);
  work.tell({ total: at.parts + left.length });
  await orRefused(async () => {
    for (const source of left) {
      const found = await importStatistic(source, clock.now());
      keep({ statisticsAfter: source.entityId, parts: at.parts + 1, statistics: at.statistics + found });
    }
  }, refused);
  if (refused.length > 0)
    throw new Failure("history_refused", `Home Assistant does not answer for its past: ${refused.join("; ")}`, {
      fix: "Home Assistant must run with its recorder and history integrations (default_config has both). Then resume this.",
    });
}

/** What Home Assistant refuses must not cost the rest. */
async function orRefused<T>(run: () => Promise<T>, refused: string[]): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "command_refused") throw error;
    refused.push(error.message);
    return undefined;
  }
}

async function settled({ clock, settleMs }: ImportNeeds, until: Micros, signal: AbortSignal): Promise<void> {
  while (clock.now() < until + settleMs * 1000) {
    signal.throwIfAborted();
    await clock.sleep(250, signal);
  }
}

type Entry = { readonly entity_id?: unknown; readonly platform?: unknown };
const entriesOf = (registry: unknown): readonly Entry[] => (Array.isArray(registry) ? registry : []);

/** What the hub itself shows in Home Assistant is not recorded, so its past is not either. */
const ownNames = (registry: unknown): ReadonlySet<unknown> =>
  new Set(entriesOf(registry).flatMap((entry) => (isOwnPlatform(entry.platform) ? [entry.entity_id] : [])));

/** Entities that Home Assistant has statistics of, and that are neither present nor in its registry any more. */
function namesGone(sources: readonly StatisticSource[], recorded: readonly string[], registry: unknown): string[] {
  const known = new Set<unknown>([...recorded, ...entriesOf(registry).map((entry) => entry.entity_id)]);
  return sources.map(({ entityId }) => entityId).filter((name) => !known.has(name));
}
