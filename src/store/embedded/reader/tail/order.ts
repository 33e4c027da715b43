import { isPast } from "../../../shared/query.ts";
import type { EventsQuery, ReadingsQuery } from "../../../store.ts";
import type { SegmentPicture } from "../picture.ts";
import { inOrder as groupsInOrder, overlapping } from "../pieces.ts";
import type { Run } from "./places.ts";

/** A record that a query may answer with, not read yet. */
export type Candidate = {
  readonly segment: SegmentPicture;
  readonly offset: number;
  readonly length: number;
  readonly time: number;
};

/** Candidates in the asked order, as many as asked for; later runs are not looked at once there are enough. */
export async function* inOrder(
  runs: readonly Run[],
  query: ReadingsQuery | EventsQuery,
): AsyncIterable<readonly Candidate[]> {
  const forward = query.order === "oldest_first";
  let left = query.limit;
  for (const group of groupsInOrder(overlapping(runs), query.order)) {
    const found = await candidatesOf(group, query);
    if (!forward) found.reverse();
    const asked = found.length > left ? found.slice(0, left) : found;
    left -= asked.length;
    if (asked.length > 0) yield asked;
    if (left === 0) return;
  }
}

async function candidatesOf(group: readonly Run[], query: ReadingsQuery | EventsQuery): Promise<Candidate[]> {
  const { from, to } = query.window;
  const found: Candidate[] = [];
  for (const { segment, load } of group) {
    const { times, offsets, lengths } = await load();
    for (let i = 0; i < times.length; i++) {
      const time = times[i] as number;
      if (time < from || time >= to) continue;
      const offset = offsets[i] as number;
      if (query.after && !isPast(time, segment.base + offset, query)) continue;
      found.push({ segment, offset, length: lengths[i] as number, time });
    }
  }
  return isSorted(found) ? found : found.sort(byTime);
}

const byTime = (a: Candidate, b: Candidate): number =>
  a.time - b.time || a.segment.base + a.offset - (b.segment.base + b.offset);

function isSorted(found: readonly Candidate[]): boolean {
  for (let i = 1; i < found.length; i++) if (byTime(found[i - 1] as Candidate, found[i] as Candidate) > 0) return false;
  return true;
}
