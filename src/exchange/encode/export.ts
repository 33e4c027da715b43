import type { HomeEvent, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import { STATISTIC_PERIODS, type Statistic } from "../../domain/data/statistic.ts";
import type { Window } from "../../domain/time/time.ts";
import { createByteWriter } from "../../history/encode/bytes.ts";
import { rolledUpIn } from "../../history/range/rolled-up.ts";
import type { Columns, ViewReader } from "../../store/store.ts";
import type { ExportPlan, NamedGap, StatisticSource } from "../plan.ts";
import { createCsv } from "./csv.ts";
import { createNdjson } from "./ndjson.ts";

/** Writes rows of a file into the export's byte writer. */
export type RowWriter = {
  head(): void;
  /** For the readings of one series. */
  readingsOf(series: SeriesId, entityId: string): (reading: Stored<Reading>) => void;
  /** The same by columns, where nothing is asked for but what columns have. */
  linesOf(series: SeriesId, entityId: string): ((columns: Columns, from: number, to: number) => void) | undefined;
  event(event: Stored<HomeEvent>): void;
  statisticsOf(source: StatisticSource): (statistic: Stored<Statistic>) => void;
  gap(gap: NamedGap): void;
  rolledUp(time: TimeRolledUp): void;
  end(totals: Totals): void;
};

/** Of this time the readings of a series were let go, and only roll-ups stand. */
export type TimeRolledUp = Window & { readonly series: SeriesId; readonly entityId: string };

export type Totals = {
  readonly readings: number;
  readonly events: number;
  readonly statistics: number;
  readonly gaps: number;
  /** Series of which readings were let go in the window. */
  readonly rolledUp: number;
  /** Places that could not be read back. */
  readonly damaged: number;
};

const CHUNK_BYTES = 256 * 1024;
const SEND_BYTES = CHUNK_BYTES - 32 * 1024;
/** Rows after which the size is looked at: rows with attributes may be large. */
const SLICE = 32;
/** Lines of columns are short. */
const LINES = 256;
const BREATH = new Uint8Array(0);

/** The bytes of an export, page by page as they are read; its last line says that it is whole. */
export async function* encodeExport(reader: ViewReader, plan: ExportPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { window, readings, events, statistics, gaps } = plan;
  const out = createByteWriter(CHUNK_BYTES, plan.times);
  const rows = plan.format === "csv" ? createCsv(plan, out) : createNdjson(plan, out);
  const count = { readings: 0, events: 0, statistics: 0 };
  const rolledUp: TimeRolledUp[] = [];

  function* written<T>(page: readonly T[], write: (row: T) => void): Generator<Uint8Array<ArrayBuffer>> {
    for (let at = 0; at < page.length; at += SLICE) {
      const end = Math.min(at + SLICE, page.length);
      for (let i = at; i < end; i++) write(page[i] as T);
      if (out.length >= SEND_BYTES) yield out.take();
    }
  }

  rows.head();
  const common = { window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;
  for (const [index, { id, entityId }] of (readings?.series ?? []).entries()) {
    const gone = await rolledUpIn(reader, id, window);
    if (gone) rolledUp.push({ ...gone, series: id, entityId });
    const lines = rows.linesOf(id, entityId);
    if (lines) {
      for await (const columns of reader.columns({ ...common, series: id })) {
        count.readings += columns.to - columns.from;
        for (let at = columns.from; at < columns.to; at += LINES) {
          lines(columns, at, Math.min(at + LINES, columns.to));
          if (out.length >= SEND_BYTES) yield out.take();
        }
      }
      if (index % 64 === 63) yield BREATH;
      continue;
    }
    const write = rows.readingsOf(id, entityId);
    const attributes = readings?.columns.includes("attributes") ?? false;
    for await (const page of reader.readings({ ...common, series: id, attributes })) {
      count.readings += page.length;
      yield* written(page, write);
    }
    // Series without rows give no chance to hear that nobody wants the rest.
    if (index % 64 === 63) yield BREATH;
  }
  if (events) {
    const { types } = events;
    for await (const page of reader.events({ ...common, ...(types ? { types } : {}) })) {
      count.events += page.length;
      yield* written(page, rows.event);
    }
  }
  for (const [index, source] of (statistics?.series ?? []).entries()) {
    const write = rows.statisticsOf(source);
    for (const period of STATISTIC_PERIODS)
      for await (const page of reader.statistics({ series: source.id, period, window })) {
        count.statistics += page.length;
        yield* written(page, write);
      }
    if (index % 64 === 63) yield BREATH;
  }
  yield* written(gaps, rows.gap);
  yield* written(rolledUp, rows.rolledUp);
  const damaged = reader.damages.filter(({ lost }) => lost !== "nothing").length;
  rows.end({ ...count, gaps: gaps.length, rolledUp: rolledUp.length, damaged });
  yield out.take();
}
