import type { Position, Reading, SeriesId, Stored } from "../../../../domain/data/reading.ts";
import type { Rollup } from "../../../../domain/data/rollup.ts";
import type { Statistic } from "../../../../domain/data/statistic.ts";
import type { Summary } from "../../../../domain/data/summary.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import { firstFrom } from "../../../shared/columns.ts";
import { type ChunkEntry, encodePack, openPack } from "../../chunks/pack.ts";
import { encodeRollups, openRollups } from "../../chunks/rollups.ts";
import { encodeStatistics, openStatistics } from "../../chunks/statistics.ts";
import type { StatisticLine } from "../../format/statistic.ts";
import { createDaySummaries } from "./days.ts";

/** What a block's directory lists chunks by: the series of readings, or the line of statistics. */
export type ChunkKey = SeriesId | StatisticLine;

/** How rows of one kind become chunks of a block, and chunks rows again. */
export type Content<Row extends { readonly position: Position }> = {
  readonly kind: "readings" | "statistics" | "rollups";
  timeOf(row: Row): Micros;
  /** What is older than a cut-off has ended before it. */
  endOf(row: Row): Micros;
  /** True: of several rows of one time the last one counts. */
  readonly unique: boolean;
  encode(chunks: readonly { readonly series: ChunkKey; readonly rows: readonly Row[] }[]): {
    readonly bytes: Buffer;
    readonly entries: readonly ChunkEntry[];
  };
  /** The rows of a chunk of a pack by its number; those that have ended before `from` may be left out. */
  open(pack: Buffer): (index: number, from: Micros) => readonly Row[];
  summaries(rows: readonly Row[]): readonly Summary[];
};

export const readingsContent = (timeZone: string): Content<Stored<Reading>> => ({
  kind: "readings",
  timeOf: ({ time }) => time,
  endOf: ({ time }) => time,
  unique: false,
  encode: encodePack,
  open: (bytes) => {
    const pack = openPack(bytes);
    return (index, from) => {
      const chunk = pack.chunk(index);
      const first = firstFrom(chunk.times, from);
      return Array.from({ length: chunk.count - first }, (_, i) => chunk.row(first + i, true));
    };
  },
  summaries: createDaySummaries(timeZone),
});

export const statisticsContent: Content<Stored<Statistic>> = {
  kind: "statistics",
  timeOf: ({ start }) => start,
  endOf: ({ start }) => start,
  unique: true,
  encode: (chunks) => ({
    bytes: encodeStatistics(chunks.map(({ series, rows }) => ({ line: series, rows }))),
    entries: chunks.map(({ series, rows }) => {
      const positions = rows.map(({ position }) => position);
      return {
        series,
        count: rows.length,
        from: (rows[0] as Statistic).start,
        to: (rows.at(-1) as Statistic).start,
        firstPosition: Math.min(...positions),
        lastPosition: Math.max(...positions),
      };
    }),
  }),
  open: (bytes) => {
    const lines = openStatistics(bytes);
    return (index) => lines[index] ?? [];
  },
  summaries: () => [],
};

/** A roll-up as a row of a block: it stands at no position. */
export type RollupRow = Rollup & { readonly position: Position };

export const rollupsContent: Content<RollupRow> = {
  kind: "rollups",
  timeOf: ({ summary }) => summary.firstTime,
  endOf: ({ summary }) => summary.lastTime,
  unique: false,
  encode: (chunks) => ({
    bytes: encodeRollups(chunks),
    entries: chunks.map(({ series, rows }) => ({
      ...{ series, count: rows.length, firstPosition: 0, lastPosition: 0, summary: null },
      from: (rows[0] as RollupRow).summary.firstTime,
      to: Math.max(...rows.map(({ summary }) => summary.lastTime)),
    })),
  }),
  open: (bytes) => {
    const lines = openRollups(bytes);
    return (index) => (lines[index] ?? []).map((rollup) => ({ ...rollup, position: 0 }));
  },
  summaries: () => [],
};

/** Rows by (time, position); where only one of a time counts, that one alone. */
export function inOrder<Row extends { readonly position: Position }>(
  { timeOf, unique }: Content<Row>,
  rows: readonly Row[],
): readonly Row[] {
  const sorted = rows.toSorted((a, b) => timeOf(a) - timeOf(b) || a.position - b.position);
  return unique
    ? sorted.filter((row, i) => i + 1 === sorted.length || timeOf(sorted[i + 1] as Row) !== timeOf(row))
    : sorted;
}
