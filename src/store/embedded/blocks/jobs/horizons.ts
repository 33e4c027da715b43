import type { SeriesId } from "../../../../domain/data/reading.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import { cutoffOf } from "../../../shared/cutoffs.ts";
import type { ShedPlan } from "../../../store.ts";
import { openRollups } from "../../chunks/rollups.ts";
import type { Block } from "../file/block.ts";
import type { TableEntry } from "../file/directory.ts";
import { chunksOf, guarded, openSource, type Source, tableOf, timesOf, type Work } from "./sources.ts";

export type HorizonsJob = {
  readonly kind: "horizons";
  readonly blocks: string;
  /** All blocks of readings. */
  readonly inputs: readonly Block[];
  readonly cutoffs: ShedPlan["readings"];
};

export type Horizons = {
  /** Of each series of which something goes: everything before, the first that stays. */
  readonly series: ReadonlyMap<SeriesId, Micros>;
  /** Names of the blocks in which something goes. */
  readonly blocks: readonly string[];
};

/**
 * From where on readings stay: from the last one at or before the cut-off, since that is what held when the kept time
 * began. Opens at most one chunk of a series in each block.
 */
export function findHorizons({ blocks, inputs, cutoffs }: HorizonsJob): Horizons {
  const work: Work = { damages: [] };
  const found = new Map<SeriesId, Micros>();
  const tables: { readonly block: Block; readonly table: ReadonlyMap<SeriesId, TableEntry> }[] = [];
  for (const block of inputs.toSorted((a, b) => b.to - a.to)) {
    const source = openSource(blocks, block);
    try {
      const table = tableOf(source, work);
      tables.push({ block, table });
      for (const [series, entry] of table) {
        const cutoff = cutoffOf(cutoffs, series);
        if (cutoff === null || entry.from > cutoff) continue;
        const known = found.get(series) ?? Number.NEGATIVE_INFINITY;
        const last = entry.to <= cutoff ? entry.to : lastAt(source, entry, cutoff, known, work);
        if (last > known) found.set(series, last);
      }
    } finally {
      source.close();
    }
  }
  const goes = ({ series, from }: TableEntry) => from < (found.get(series) ?? Number.NEGATIVE_INFINITY);
  return {
    series: found,
    blocks: tables.filter(({ table }) => [...table.values()].some(goes)).map(({ block }) => block.name),
  };
}

/** The time of the last reading at or before a time, if that is after what is known. */
function lastAt(source: Source, entry: TableEntry, time: Micros, known: Micros, work: Work): Micros {
  let last = known;
  for (const chunk of chunksOf(source, entry, work)) {
    if (chunk.from > time || Math.min(chunk.to, time) <= last) continue;
    if (chunk.to <= time) last = chunk.to;
    // Of a damaged chunk nothing is known: what stays is told by the others.
    else last = timesOf(source, entry.series, chunk, work)?.findLast((one) => one <= time && one > last) ?? last;
  }
  return last;
}

export type RollupsJob = {
  readonly kind: "rollups";
  readonly blocks: string;
  /** All blocks of roll-ups. */
  readonly inputs: readonly Block[];
  readonly cutoffs: ShedPlan["readings"];
};

/** Names of the blocks in which a roll-up ends before the cut-off of its series. */
export function findRollupsThatGo({ blocks, inputs, cutoffs }: RollupsJob): readonly string[] {
  const work: Work = { damages: [] };
  return inputs
    .filter((block) => {
      const source = openSource(blocks, block);
      try {
        return [...tableOf(source, work).values()].some((entry) => {
          const cutoff = cutoffOf(cutoffs, entry.series);
          return cutoff !== null && entry.from < cutoff && anyEndsBefore(source, entry, cutoff, work);
        });
      } finally {
        source.close();
      }
    })
    .map(({ name }) => name);
}

const anyEndsBefore = (source: Source, entry: TableEntry, cutoff: Micros, work: Work): boolean =>
  entry.to < cutoff ||
  chunksOf(source, entry, work).some((chunk) => {
    if (chunk.to < cutoff) return true;
    if (chunk.from >= cutoff) return false;
    const rows = guarded(source, entry.series, chunk, work, () =>
      source.pack(chunk, openRollups, (lines) => lines[chunk.index] ?? []),
    );
    return (rows ?? []).some(({ summary }) => summary.lastTime < cutoff);
  });
