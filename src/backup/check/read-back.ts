import type { SeriesId } from "../../domain/data/reading.ts";
import { STATISTIC_PERIODS } from "../../domain/data/statistic.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import type { Cursor, Damage, ViewReader } from "../../store/store.ts";

/** What a store gave when everything in it was read. */
export type ReadBack = {
  readonly readings: number;
  readonly events: number;
  /** One of each series, period and start. */
  readonly statistics: number;
  readonly damages: readonly Damage[];
};

/** A query's own memory grows with its limit. */
const PAGE = 20_000;

/** Reads everything, attributes included, so that every record and every index is checked on the way. */
export async function readBack(
  reader: ViewReader,
  series: Iterable<SeriesId>,
  onRead: (readings: number) => void = () => {},
): Promise<ReadBack> {
  const all = { window: ALL_TIME, order: "oldest_first", limit: PAGE } as const;
  let readings = 0;
  let statistics = 0;
  for (const id of series) {
    readings += await countPages(
      (after) => reader.readings({ ...all, ...after, series: id, attributes: true }),
      onRead,
    );
    for (const period of STATISTIC_PERIODS)
      for await (const page of reader.statistics({ series: id, period, window: ALL_TIME })) statistics += page.length;
    // So that a series without readings is a moment to be stopped at, too.
    onRead(0);
  }
  const events = await countPages((after) => reader.events({ ...all, ...after }));
  return { readings, events, statistics, damages: [...reader.damages] };
}

async function countPages(
  ask: (after: { after?: Cursor }) => AsyncIterable<readonly Cursor[]>,
  onRead: (rows: number) => void = () => {},
): Promise<number> {
  let rows = 0;
  for (let after: { after?: Cursor } = {}; ; ) {
    let last: Cursor | undefined;
    for await (const page of ask(after)) {
      rows += page.length;
      onRead(page.length);
      last = page.at(-1);
    }
    if (!last) return rows;
    after = { after: { time: last.time, position: last.position } };
  }
}
