import {
  type Amendment,
  endOfStatistic,
  takesEvent,
  takesRollup,
  takesStatistic,
} from "../../domain/data/amendment.ts";
import type { Gap, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import { STATISTIC_PERIODS } from "../../domain/data/statistic.ts";
import { Failure } from "../../domain/failure.ts";
import { ALL_TIME, type Micros, type Window } from "../../domain/time/time.ts";
import type { Correction, ErasedCounts, ErasePlan, ViewReader } from "../store.ts";
import { isLater, type Ledger, type Logged } from "./ledger.ts";

const EVERY = { order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;

/** What the log is told of corrections: what is taken, by series, then what takes its place. @throws Failure `reading_unknown` */
export async function loggedCorrections(
  corrections: readonly Correction[],
  reader: Pick<ViewReader, "columns">,
): Promise<readonly Logged[]> {
  const taken = new Map<SeriesId, Set<Micros>>();
  for (const { series, time, reading } of corrections) {
    if (reading && (reading.series !== series || reading.time !== time))
      throw new Failure("entry_not_storable", "A correction's reading is of another series or time", {
        fix: "Correct each reading by one of its own series and time",
      });
    const times = taken.get(series) ?? new Set();
    if (times.has(time))
      throw new Failure("entry_not_storable", "Two corrections are of one series and time", {
        fix: "Give one for each reading",
      });
    taken.set(series, times.add(time));
    if (!(await isThere(reader, series, time)))
      throw new Failure("reading_unknown", `There is no reading of series ${series} at ${time}`, {
        fix: "Give the exact time of a reading, to the microsecond",
      });
  }
  const amendments = [...taken].map(([series, times]): Taker => {
    const windows = [...times].sort((a, b) => a - b).map((time) => ({ from: time, to: time + 1 }));
    return { kind: "correction", series, windows, names: [] };
  });
  const readings = corrections.flatMap(({ reading }): Logged[] =>
    reading ? [{ kind: "reading", reading: { ...reading, origin: "corrected" } }] : [],
  );
  return batchOf(amendments, readings);
}

type Taker = Omit<Amendment, "rest">;

/** Amendments, and behind them what belongs to them: all of it or nothing. */
export function batchOf(amendments: readonly Taker[], others: readonly Logged[]): readonly Logged[] {
  const last = amendments.length + others.length - 1;
  return [
    ...amendments.map((taker, i): Logged => ({ kind: "amendment", amendment: { ...taker, rest: last - i } })),
    ...others,
  ];
}

async function isThere(reader: Pick<ViewReader, "columns">, series: SeriesId, time: Micros): Promise<boolean> {
  const window = { from: time, to: time + 1 };
  for await (const page of reader.columns({ series, window, order: "oldest_first", limit: 1 }))
    if (page.to > page.from) return true;
  return false;
}

export type Taking = ErasedCounts & {
  readonly entries: readonly Logged[];
  readonly gaps: readonly Gap[];
};

/** What an erasure takes, and the gaps that it leaves. `now`: up to where what has no reading behind it is unknown. */
export async function takingOf(plan: ErasePlan, reader: ViewReader, now: Micros): Promise<Taking> {
  const { from, to } = plan.window;
  if (!(from < to))
    throw new Failure("bad_query", "The time to erase ends before it begins", { fix: "Give a from before the to" });
  const window = { from: Math.max(from, ALL_TIME.from), to: Math.min(to, ALL_TIME.to) };
  const ids = new Set(plan.series.map(({ series }) => series));
  if (ids.size < plan.series.length)
    throw new Failure("bad_query", "A series is named twice", { fix: "Name each series once" });
  const amendments = plan.series.map(
    ({ series, names }): Amendment => ({ kind: "erasure", series, windows: [window], names: [...names], rest: 0 }),
  );
  const counts = { readings: 0, statistics: 0, rollups: 0, events: 0 };
  const gaps: Gap[] = [];
  for (const amendment of amendments) {
    const own = await extentOf(amendment, window, reader);
    counts.readings += own.readings;
    counts.statistics += own.statistics;
    counts.rollups += own.rollups;
    const { series } = amendment;
    if (own.first > own.last) continue;
    const next = await firstAfter(reader, series, Math.max(own.last, window.to - 1));
    gaps.push({
      kind: "states",
      series,
      from: own.first - 1,
      to: next ?? Math.max(now, own.last + 1),
      cause: "erased",
    });
  }
  const named = amendments.filter(({ names }) => names.length > 0);
  const times: Micros[] = [];
  if (named.length > 0)
    for await (const page of reader.events({ ...EVERY, window }))
      for (const event of page) if (named.some((amendment) => takesEvent(amendment, event))) times.push(event.time);
  counts.events = times.length;
  if (times.length > 0)
    gaps.push({
      ...{ kind: "events", series: null, cause: "erased" },
      ...{ from: (times[0] as Micros) - 1, to: (times.at(-1) as Micros) + 1 },
    });
  const entries = batchOf(
    amendments,
    gaps.map((gap): Logged => ({ kind: "gap", gap })),
  );
  return { ...counts, entries, gaps };
}

/** How many, and from when to when the last of it tells anything. */
async function extentOf(amendment: Amendment, window: Window, reader: ViewReader) {
  const { series } = amendment;
  const found = {
    ...{ readings: 0, statistics: 0, rollups: 0 },
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
  };
  const widen = (from: Micros, to: Micros) => {
    found.first = Math.min(found.first, from);
    found.last = Math.max(found.last, to);
  };
  for await (const { times, from, to } of reader.columns({ ...EVERY, series, window })) {
    if (from === to) continue;
    found.readings += to - from;
    widen(times[from] as Micros, times[to - 1] as Micros);
  }
  for await (const page of reader.rollups({ series, window }))
    for (const { summary } of page) {
      if (!takesRollup(amendment, series, summary)) continue;
      found.rollups++;
      widen(summary.firstTime, summary.lastTime);
    }
  for (const period of STATISTIC_PERIODS) {
    // From before its beginning on: a statistic that began earlier may reach into it.
    const longest = endOfStatistic({ period, start: 0 });
    const asked = { from: Math.max(ALL_TIME.from, window.from - longest), to: window.to };
    for await (const page of reader.statistics({ series, period, window: asked }))
      for (const statistic of page) {
        if (!takesStatistic(amendment, statistic)) continue;
        found.statistics++;
        widen(statistic.start, endOfStatistic(statistic) - 1);
      }
  }
  return found;
}

/** When something of a series is known again after a time. */
async function firstAfter(reader: ViewReader, series: SeriesId, time: Micros): Promise<Micros | undefined> {
  const window = { from: time + 1, to: ALL_TIME.to };
  let found: Micros | undefined;
  for await (const { times, from } of reader.columns({ series, window, order: "oldest_first", limit: 1 }))
    found = times[from];
  for await (const page of reader.rollups({ series, window })) {
    const first = page.find(({ summary }) => summary.firstTime > time)?.summary.firstTime;
    if (first === undefined) continue;
    return found === undefined ? first : Math.min(found, first);
  }
  return found;
}

/** Finds the latest reading of each series that is unsure, among what is left. */
export async function lookUpLatest(
  { latest, unsure }: Pick<Ledger, "latest" | "unsure">,
  reader: Pick<ViewReader, "readings">,
): Promise<void> {
  for (const series of [...unsure]) {
    const asked = { series, window: ALL_TIME, order: "newest_first", limit: 1, attributes: true } as const;
    let found: Stored<Reading> | undefined;
    for await (const [row] of reader.readings(asked)) found = row;
    const known = latest.get(series);
    unsure.delete(series);
    if (found && (!known || isLater(found, known))) latest.set(series, found);
  }
}

/** The gaps of a batch, which stand at its end. */
export const storedGaps = (gaps: readonly Gap[], positions: readonly Position[]): readonly Stored<Gap>[] =>
  gaps.map((gap, i) => ({ ...gap, position: positions[positions.length - gaps.length + i] as Position }));
