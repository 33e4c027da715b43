import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Statistic, StatisticPeriod } from "../../../domain/data/statistic.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { bucketOf } from "../../../store/shared/summaries.ts";
import type { ViewReader } from "../../../store/store.ts";
import { BREATH } from "../../encode/replay.ts";

/** What Home Assistant's own statistics say of one bucket; NaN: they do not keep it. */
export type Imported = {
  /** How much of the bucket they are of, in seconds. */
  seconds: number;
  mean: number;
  min: number;
  max: number;
  /** What a meter showed at the end. */
  last: number;
  increase: number;
};

/** Whose statistics, of which length, and what a meter had counted before. */
export type ImportedSource = {
  readonly series: SeriesId;
  readonly period: StatisticPeriod;
  readonly seconds: number;
  /** NaN: not looked for yet. */
  sum: number;
};

/** The statistics to answer buckets with: hours, and for finer buckets those of five minutes. */
export const importedSource = (series: SeriesId, fine: boolean): ImportedSource =>
  fine
    ? { series, period: "5minute", seconds: 300, sum: Number.NaN }
    : { series, period: "hour", seconds: 3600, sum: Number.NaN };

/** The beginning of the first statistic of a time; undefined: there is none. */
export async function firstImported(
  reader: ViewReader,
  { series, period }: ImportedSource,
  window: Window,
): Promise<Micros | undefined> {
  for await (const [first] of reader.statistics({ series, period, window })) return first?.start;
  return undefined;
}

/** Some weeks: longer without statistics a meter seldom is. */
const LOOKED_BACK: Micros = 40 * 86_400_000_000;

/**
 * Each bucket has the statistics that begin in it, as Home Assistant adds up its hours to days, too.
 *
 * @param whole true: only those that end in it, too
 */
export async function* importedOf(
  reader: ViewReader,
  source: ImportedSource,
  edges: readonly Micros[],
  whole: boolean,
): AsyncGenerator<typeof BREATH, Imported[]> {
  const { series, period, seconds } = source;
  const window = { from: edges[0] as Micros, to: edges.at(-1) as Micros };
  const all: Imported[] = [];
  let means = 0;
  let bucket = 0;
  for await (const page of reader.statistics({ series, period, window })) {
    for (const one of page) {
      if (whole && one.start + seconds * 1e6 > window.to) continue;
      if (Number.isNaN(source.sum)) source.sum = await sumBefore(reader, source, window.from);
      const next = bucketOf(edges, one.start, bucket);
      if (next !== bucket) means = 0;
      bucket = next;
      const into = all[bucket] ?? { ...NONE };
      all[bucket] = into;
      into.seconds += seconds;
      if (one.mean !== null) {
        means++;
        into.mean = means === 1 ? one.mean : into.mean + (one.mean - into.mean) / means;
      }
      if (one.min !== null && !(into.min <= one.min)) into.min = one.min;
      if (one.max !== null && !(into.max >= one.max)) into.max = one.max;
      if (one.state !== null) into.last = one.state;
      if (one.sum !== null) {
        into.increase = (Number.isNaN(into.increase) ? 0 : into.increase) + one.sum - source.sum;
        source.sum = one.sum;
      }
    }
    yield BREATH;
  }
  return all;
}

const NONE: Readonly<Imported> = Object.freeze({
  seconds: 0,
  mean: Number.NaN,
  min: Number.NaN,
  max: Number.NaN,
  last: Number.NaN,
  increase: Number.NaN,
});

/** What a meter had counted before a time; where nothing was before, its statistics began with zero. */
async function sumBefore(reader: ViewReader, source: ImportedSource, time: Micros): Promise<number> {
  for (const from of [time - LOOKED_BACK, Number.MIN_SAFE_INTEGER]) {
    let last: Statistic | undefined;
    const { series, period } = source;
    for await (const page of reader.statistics({ series, period, window: { from, to: time } }))
      last = page.findLast(({ sum }) => sum !== null) ?? last;
    if (last?.sum !== undefined && last.sum !== null) return last.sum;
  }
  return 0;
}
