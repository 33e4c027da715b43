import { replaySegment } from "./replay.ts";

/**
 * Where the last segment ends as far as it counts: before an amendment of which a power loss has left less than was
 * written with it. Nobody was told that it had succeeded.
 */
export function endOfWhole(buffer: Buffer, segment: Parameters<typeof replaySegment>[1]): number {
  let waiting: { readonly at: number; readonly after: number }[] = [];
  let entries = 0;
  const passes = () => {
    entries++;
    if (waiting.length > 0) waiting = waiting.filter(({ after }) => after > entries);
  };
  replaySegment(buffer, segment, {
    reading: passes,
    event: passes,
    gap: passes,
    statistic: passes,
    series: passes,
    void: passes,
    amendment: ({ rest }, at) => {
      passes();
      if (rest > 0) waiting.push({ at, after: entries + rest });
    },
    // Something was written behind it: what is lost there is named, and the rest stays.
    damage: () => {
      waiting = [];
    },
  });
  return waiting[0]?.at ?? segment.limit;
}
