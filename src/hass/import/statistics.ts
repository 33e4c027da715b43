import type { PastItem } from "../../domain/data/past.ts";
import { type Statistic, sameStatistic } from "../../domain/data/statistic.ts";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { Call } from "../session/session.ts";

const HOUR: Micros = 3_600_000_000;
/** One statistic at a time, and so many hours of it: no answer is larger than a few megabytes. */
const STEP: Micros = 20_000 * HOUR;
/** A month begins by the home's clocks, which differ from UTC by less. */
const MARGIN: Micros = 48 * HOUR;
const STORED_AT_ONCE = 1_000;
const ENTITY_ID = /^[a-z0-9_]+\.[a-z0-9_]+$/;

/** What Home Assistant keeps long-term statistics of. */
export type StatisticSource = {
  readonly entityId: string;
  readonly types: readonly string[];
  /** What its values are answered in; null: it has none. */
  readonly unit: string | null;
};

/** Statistics of entities by name, and how many there are that belong to none (`domain:name`). */
export async function listStatistics(call: Call): Promise<{ sources: StatisticSource[]; external: number }> {
  const answer = await call({ type: "recorder/list_statistic_ids" });
  if (!Array.isArray(answer))
    throw new Failure("unexpected_answer", "Home Assistant's list of statistics has another shape", {
      fix: "Report it with the hub's log.",
    });
  const sources: StatisticSource[] = [];
  let external = 0;
  for (const one of answer as { [key: string]: unknown }[]) {
    const id = one.statistic_id;
    if (typeof id !== "string") continue;
    if (!ENTITY_ID.test(id)) {
      external++;
      continue;
    }
    const mean = one.has_mean === true || (typeof one.mean_type === "number" && one.mean_type > 0);
    const types = [
      ...(mean ? ["mean", "min", "max"] : []),
      ...(one.has_sum === true ? ["sum", "state", "last_reset"] : []),
    ];
    if (types.length > 0) sources.push({ entityId: id, types, unit: unitOf(one) });
  }
  return { sources: sources.sort((a, b) => (a.entityId < b.entityId ? -1 : 1)), external };
}

/** Values are answered in the unit that the entity shows, where that is another one than they are kept in. */
function unitOf(one: { readonly [key: string]: unknown }): string | null {
  const unit = one.display_unit_of_measurement ?? one.statistics_unit_of_measurement;
  return typeof unit === "string" && unit !== "" ? unit : null;
}

/** Imports all hours of one statistic, newest first. Answers how many there were. */
export function createStatisticsImport(needs: {
  readonly call: Call;
  readonly held: (entityId: string, window: Window) => Promise<ReadonlyMap<Micros, Statistic>>;
  readonly store: (items: readonly PastItem[]) => Promise<void>;
}) {
  const { call, held, store } = needs;

  const ask = async (source: StatisticSource, period: "hour" | "month", window: Window) => {
    const answer = await call({
      type: "recorder/statistics_during_period",
      start_time: microsToRfc3339(window.from),
      end_time: microsToRfc3339(window.to),
      statistic_ids: [source.entityId],
      period,
      types: source.types,
    });
    const rows = (answer as { [id: string]: unknown } | null)?.[source.entityId];
    return Array.isArray(rows) ? rows.flatMap((row) => readRow(row) ?? []) : [];
  };

  const file = async (entityId: string, rows: readonly Omit<Statistic, "series">[], window: Window) => {
    const known = await held(entityId, window);
    const news = rows.filter((row) => {
      const before = known.get(row.start);
      return !before || !sameStatistic({ ...row, series: before.series }, before);
    });
    for (let at = 0; at < news.length; at += STORED_AT_ONCE)
      await store(news.slice(at, at + STORED_AT_ONCE).map((statistic) => ({ kind: "statistic", entityId, statistic })));
  };

  return async (source: StatisticSource, now: Micros): Promise<number> => {
    let found = 0;
    let oldest: Micros | undefined;
    // The hour that has not ended yet is not in the recorder either.
    for (let to = Math.floor(now / HOUR) * HOUR + HOUR; ; to -= STEP) {
      const window = { from: to - STEP, to };
      const rows = await ask(source, "hour", window);
      found += rows.length;
      if (rows.length > 0) await file(source.entityId, rows, window);
      // By months the recorder says where the rest begins; holes in it would end a search by hours too early.
      if (oldest === undefined) {
        const months = await ask(source, "month", { from: 0, to: window.from });
        oldest = months.length === 0 ? window.from : Math.min(...months.map(({ start }) => start)) - MARGIN;
      }
      if (window.from <= oldest) return found;
    }
  };
}

type Row = { readonly [key: string]: unknown };

function readRow(row: Row): Omit<Statistic, "series"> | undefined {
  const { start } = row;
  if (typeof start !== "number" || !Number.isSafeInteger(start * 1000)) return undefined;
  const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);
  const reset = number(row.last_reset);
  return {
    period: "hour",
    // Milliseconds here, unlike everywhere else.
    start: start * 1000,
    mean: number(row.mean),
    min: number(row.min),
    max: number(row.max),
    sum: number(row.sum),
    state: number(row.state),
    lastReset: reset === null ? null : Math.round(reset * 1000),
  };
}
