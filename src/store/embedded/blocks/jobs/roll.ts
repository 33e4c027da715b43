import type { Reading, SeriesId, Stored } from "../../../../domain/data/reading.ts";
import { createRoller, type Rollup } from "../../../../domain/data/rollup.ts";
import { calendarOf } from "../../../../domain/time/calendar.ts";
import type { Micros, Window } from "../../../../domain/time/time.ts";
import { byTimeAndPosition } from "../../../shared/ledger.ts";
import { openPack } from "../../chunks/pack.ts";
import type { RollupRow } from "../file/content.ts";
import type { ChunkPlace } from "../file/directory.ts";
import { CHUNK_ROWS, type ChunksWriter } from "../file/writer.ts";
import { guarded, type Source, type Work } from "./sources.ts";

/** A gap in states; `series`: null where it concerns all. */
export type Hole = Window & { readonly series: SeriesId | null };

type Row = Pick<Stored<Reading>, "time" | "changed" | "state" | "position">;
type OwnChunk = { readonly source: Source; readonly chunk: ChunkPlace };

/** Writes what the readings of one series before a time amount to. Holds those of one day, and of chunks that overlap. */
export function rollSeries(needs: {
  readonly series: SeriesId;
  /** In order of time; chunks that overlap together. */
  readonly groups: readonly (readonly OwnChunk[])[];
  readonly before: Micros;
  /** Those that end before it are not wanted; null: all are. */
  readonly from: Micros | null;
  readonly timeZone: string;
  readonly holes: readonly Hole[];
  readonly writer: ChunksWriter<RollupRow>;
  readonly work: Work;
}): void {
  const { series, before, writer, work } = needs;
  const from = needs.from ?? Number.NEGATIVE_INFINITY;
  const holes = needs.holes.filter((hole) => hole.series === null || hole.series === series);
  const roller = createRoller({ calendar: calendarOf(needs.timeZone), holes });
  let found: RollupRow[] = [];
  const take = (rollups: readonly Rollup[]) => {
    for (const rollup of rollups) if (rollup.summary.lastTime >= from) found.push({ ...rollup, position: 0 });
    if (found.length < CHUNK_ROWS) return;
    writer.add(series, found.slice(0, CHUNK_ROWS));
    found = found.slice(CHUNK_ROWS);
  };
  for (const group of needs.groups) {
    const rows: Row[] = [];
    for (const { source, chunk } of group)
      if (chunk.from < before) rows.push(...(guarded(source, series, chunk, work, () => rowsOf(source, chunk)) ?? []));
    for (const row of group.length > 1 ? rows.sort(byTimeAndPosition) : rows)
      if (row.time < before) take(roller.add(row));
  }
  take(roller.finish());
  if (found.length > 0) writer.add(series, found);
}

/** Without what no roll-up tells of. */
const rowsOf = (source: Source, place: ChunkPlace): Row[] =>
  source.pack(place, openPack, (pack) => {
    const { count, times, changed, state, position } = pack.chunk(place.index);
    return Array.from({ length: count }, (_, i) => ({
      time: times[i] as Micros,
      changed: changed[i] as Micros,
      state: state(i),
      position: position(i),
    }));
  });
