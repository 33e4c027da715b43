import { type Amendment, takesEvent, takesReading, takesStatistic } from "../../domain/data/amendment.ts";
import type { Position, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import { Failure } from "../../domain/failure.ts";
import { loggedCorrections, lookUpLatest, storedGaps, takingOf } from "../shared/amendments.ts";
import { cutoffOf, horizonOf } from "../shared/cutoffs.ts";
import { checkEntries } from "../shared/entries.ts";
import { parseExact } from "../shared/exact-json.ts";
import { emptyLedger, enter, gapsIn, type Logged } from "../shared/ledger.ts";
import type { Damage, ErasePlan, Narrow, Store, View, ViewReader } from "../store.ts";
import { insert } from "./sorted.ts";
import {
  jsonOf,
  type MemoryContent,
  openMemoryView,
  type PackedEntry,
  type PackedEvent,
  type PackedReading,
  packEvent,
  packReading,
} from "./view.ts";

export const MEMORY = "memory";

/** The reference: everything in memory, nothing survives. For tests and for the simulated home without a folder. */
export function createMemoryStore(): Store {
  const ledger = emptyLedger();
  const readings = new Map<SeriesId, PackedReading[]>();
  const events: PackedEvent[] = [];
  const statistics: Stored<Statistic>[] = [];
  const log: PackedEntry[] = [];
  const views = new Set<number>();
  const damages: Damage[] = [];
  const appended = { readings: 0, events: 0, gaps: 0 };
  const shed = { readings: 0, events: 0, statistics: 0 };
  let tokens = 0;
  let closed = false;

  const readingsOf = (series: SeriesId): PackedReading[] => {
    const own = readings.get(series) ?? [];
    readings.set(series, own);
    return own;
  };

  const take = (amendment: Amendment) => {
    const { series, kind } = amendment;
    const isTaken = (time: number) => takesReading(amendment, series, time);
    shed.readings += removeWhere(readingsOf(series), ({ time }) => isTaken(time));
    if (kind === "correction") return;
    const gone = new Set(
      events.filter(({ json, ...event }) => takesEvent(amendment, { ...event, data: parseExact(json) })),
    );
    shed.events += removeWhere(events, (event) => gone.has(event));
    shed.statistics += removeWhere(statistics, (statistic) => takesStatistic(amendment, statistic));
    // Its position was given out, and stands for nothing now.
    for (const [i, entry] of log.entries())
      if (
        (entry.kind === "reading" && entry.packed.series === series && isTaken(entry.packed.time)) ||
        (entry.kind === "event" && gone.has(entry.packed))
      )
        log[i] = { kind: "untold", packed: { position: entry.packed.position } };
  };

  const keep = ({ entry, json }: { entry: Logged; json: string }): Position => {
    const position = ledger.position + 1;
    enter(ledger, entry, position);
    if (entry.kind === "reading") {
      const packed = packReading(entry.reading, position, json);
      insert(readingsOf(entry.reading.series), packed);
      log.push({ kind: "reading", packed });
      appended.readings++;
    } else if (entry.kind === "event") {
      const packed = packEvent(entry.event, position, json);
      insert(events, packed);
      log.push({ kind: "event", packed });
      appended.events++;
    } else if (entry.kind === "gap") {
      log.push({ kind: "gap", packed: { ...entry.gap, position } });
      appended.gaps++;
    } else {
      if (entry.kind === "amendment") take(entry.amendment);
      if (entry.kind === "statistic") statistics.push({ ...entry.statistic, position });
      log.push({ kind: "untold", packed: { position } });
    }
    return position;
  };

  const append = async (entries: readonly Logged[]): Promise<Position[]> => {
    if (closed) throw new Failure("store_closed", "The store is closed", { fix: "Open it again" });
    checkEntries(entries, (series) => ledger.series.has(series));
    // All texts first: an entry that has none must leave nothing of its batch behind.
    return entries.map((entry) => ({ entry, json: jsonOf(entry) })).map(keep);
  };
  const view = (narrow: Narrow = {}): View => {
    const asked = narrow.series ?? [...readings.keys()];
    const content: MemoryContent = {
      narrow,
      readings: new Map(asked.map((id) => [id, [...(readings.get(id) ?? [])]])),
      statistics: statistics.filter(({ series }) => !narrow.series || narrow.series.includes(series)),
      events: narrow.events === false ? [] : [...events],
      log: narrow.log === false ? [] : [...log],
    };
    views.add(++tokens);
    return { engine: MEMORY, token: tokens, content };
  };
  const withReader = async <T>(run: (reader: ViewReader) => Promise<T>): Promise<T> => {
    const own = view();
    try {
      return await run(openMemoryView(own));
    } finally {
      views.delete(own.token);
    }
  };
  const taking = (plan: ErasePlan) => withReader((reader) => takingOf(plan, reader, (ledger.newest ?? 0) + 1));

  return {
    profile: { engine: MEMORY, durable: false, seals: false, rollsUp: false },
    append,
    series: () => ledger.series,
    latest: (series) => ledger.latest.get(series),
    allLatest: () => ledger.latest.values(),
    gaps: (window, series) => gapsIn(ledger, window, series),
    windowStart: () => 0,
    view,
    release: (view) => void views.delete(view.token),
    reader: openMemoryView,
    damages: () => damages,
    noteDamages: (found) => void damages.push(...found),
    stats: () => ({
      engine: MEMORY,
      appended: { ...appended },
      readings: ledger.readings - shed.readings,
      events: ledger.events - shed.events,
      statistics: ledger.statistics - shed.statistics,
      series: ledger.series.size,
      bytes: 0,
      files: 0,
      oldest: ledger.oldest,
      newest: ledger.newest,
      unsyncedBytes: 0,
      position: ledger.position,
    }),
    storage: () => [
      {
        kind: "log",
        month: null,
        files: 0,
        bytes: 0,
        entries: ledger.readings - shed.readings + ledger.events - shed.events,
      },
    ],
    shed: async (plan) => {
      const before = { ...shed };
      for (const [series, own] of readings) {
        const cutoff = cutoffOf(plan.readings, series);
        if (cutoff === null) continue;
        const horizon = horizonOf(
          own.map(({ time }) => time),
          cutoff,
        );
        shed.readings += removeWhere(own, ({ time }) => time < horizon);
      }
      const { default: cutoff } = plan.events;
      if (cutoff !== null) shed.events += removeWhere(events, ({ time }) => time < cutoff);
      return {
        readings: shed.readings - before.readings,
        events: shed.events - before.events,
        ...{ rollups: 0, bytes: 0, files: 0 },
      };
    },
    correct: async (corrections) => {
      const entries = await withReader((reader) => loggedCorrections(corrections, reader));
      const positions = await append(entries);
      await withReader((reader) => lookUpLatest(ledger, reader));
      return positions.filter((_, i) => entries[i]?.kind === "reading");
    },
    countErasure: async (plan) => {
      const { entries: _, gaps: __, ...counts } = await taking(plan);
      return counts;
    },
    erase: async (plan, onTaken) => {
      const { entries, gaps, ...counts } = await taking(plan);
      const positions = await append(entries);
      await withReader((reader) => lookUpLatest(ledger, reader));
      const erased = { ...counts, gaps: storedGaps(gaps, positions) };
      onTaken?.(erased);
      return erased;
    },
    quarantined: async () => [],
    seal: async () => {},
    holdFiles: async () => () => {},
    snapshot: async () => ({
      files: [],
      position: ledger.position,
      readings: ledger.readings,
      events: ledger.events,
      gaps: ledger.gaps.length,
      release: () => {},
    }),
    sync: async () => {},
    close: async () => {
      closed = true;
    },
  };
}

function removeWhere<T>(items: T[], goes: (item: T) => boolean): number {
  const kept = items.filter((item) => !goes(item));
  const removed = items.length - kept.length;
  items.splice(0, items.length, ...kept);
  return removed;
}
