import { type Api, Problem } from "../api.ts";
import type { Seconds, Span } from "../shape/chart-data.ts";
import { bucketTrack, rawTrack, type Track } from "../shape/explorer/tracks.ts";
import { timeText } from "../shape/explorer/view.ts";

const EPOCH = "1970-01-01T00:00:00Z";
/** Readings that a pixel may stand for before they are summed up. */
const PER_PIXEL = 4;
const FEWEST = 1_000;
const MOST = 5_000;
/** Up to here readings are asked for first, past it what they amount to: most entities change every few minutes. */
const SHORT: Seconds = 2 * 86_400;
const FUNCTIONS = ["mean", "min", "max", "count", "states"];

export type TrackQuestion = {
  readonly entity: string;
  readonly window: Span;
  /** Nothing is drawn past it. */
  readonly now: Seconds;
  readonly pixels: number;
  readonly hasUnit: boolean;
};

type Asks = Pick<Api, "history" | "statistics">;

/**
 * What is to be drawn of one entity: every reading where the pixels can show them, else what they amount to in parts
 * of a few pixels. A hub that cannot sum up gives the newest readings, and the track says where it begins.
 */
export async function loadTrack(api: Asks, asked: TrackQuestion, signal: AbortSignal): Promise<Track> {
  const limit = Math.round(Math.min(MOST, Math.max(FEWEST, asked.pixels * PER_PIXEL)));
  if (asked.window.to - asked.window.from <= SHORT) {
    const exact = await everyReading(api, asked, limit, signal);
    return exact.isWhole ? exact.track : ((await summedUp(api, asked, signal)) ?? exact.track);
  }
  const sums = await summedUp(api, asked, signal);
  // Imported statistics reach further back than any reading.
  if (sums && (sums.readings > limit || (sums.detail.kind === "buckets" && sums.detail.imported))) return sums;
  const exact = await everyReading(api, asked, limit, signal);
  return !exact.isWhole && sums ? sums : exact.track;
}

/** `isWhole`: none of the window was left out, and retention let go of none. */
async function everyReading(
  api: Asks,
  asked: TrackQuestion,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly track: Track; readonly isWhole: boolean }> {
  const { entity, window, now, hasUnit } = asked;
  const from = timeText(window.from);
  const [found, earlier] = await Promise.all([
    api.history(entity, { from, to: timeText(window.to), limit, order: "newest_first" }, signal),
    api.history(entity, { from: EPOCH, to: from, limit: 1, order: "newest_first" }, signal),
  ]);
  const series = found.series[0];
  const answer = {
    entityId: series?.entity_id ?? entity,
    series: series?.series ?? 0,
    points: (series?.points ?? []).toReversed(),
    before: earlier.series[0]?.points[0] ?? null,
    gaps: series?.gaps ?? [],
    cut: found.next_cursor !== null,
  };
  const track = rawTrack(answer, window, now, hasUnit);
  return { track, isWhole: track.begins === null && series?.rolled_up === undefined };
}

/** null: this hub does not sum up. */
async function summedUp(api: Asks, asked: TrackQuestion, signal: AbortSignal): Promise<Track | null> {
  const { entity, window, now, pixels } = asked;
  // A month by the hour, a week by quarters of an hour: the next coarser step would be days.
  const points = Math.max(750, pixels);
  const question = { entities: [entity], from: timeText(window.from), to: timeText(window.to), points };
  try {
    const { resolution, series } = await api.statistics({ ...question, functions: FUNCTIONS }, signal);
    return series[0] ? bucketTrack(series[0], resolution, window, now) : null;
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return null;
    throw error;
  }
}
