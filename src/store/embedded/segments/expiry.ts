import { join } from "node:path";
import type { Micros } from "../../../domain/time/time.ts";
import type { Files } from "../files.ts";
import { indexName } from "./header.ts";
import type { Segment, Tail } from "./tail.ts";

/** Live streams can resume from anything younger, as long as the log window's bytes hold it. */
const WINDOW_AGE: Micros = 86_400_000_000;
/** The newest closed ones stay: a start reads the latest state of everything from their snapshots. */
const SNAPSHOTS = 2;

/** Which of the oldest segments may go: sealed, with an index, and out of the log window. Oldest first. */
export function expiring(
  segments: readonly Segment[],
  needs: {
    readonly sealed: number;
    readonly windowBytes: number;
    readonly now: Micros;
    readonly open: Segment | undefined;
  },
): readonly Segment[] {
  const { sealed, windowBytes, now, open } = needs;
  const closed = segments.filter((segment) => segment !== open);
  let bytes = segments.reduce((sum, { limit }) => sum + limit, 0);
  const found: Segment[] = [];
  for (const segment of closed.slice(0, -SNAPSHOTS)) {
    // A clock that went back makes nothing old.
    const isOld = segment.closedAt !== undefined && now - segment.closedAt > WINDOW_AGE;
    if (segment.base + segment.limit > sealed || !segment.index || !(isOld || bytes > windowBytes)) break;
    bytes -= segment.limit;
    found.push(segment);
  }
  return found;
}

/** Takes the segments out of the log and deletes their files: the index first, so that none speaks of a segment that is gone. */
export async function expire(
  tail: Tail,
  expired: readonly Segment[],
  { folder, files }: { folder: string; files: Files },
): Promise<void> {
  tail.drop(expired.length);
  for (const { base, name } of expired) {
    await files.unlink(join(folder, indexName(base))).catch(() => {});
    await files.unlink(join(folder, name)).catch(() => {});
  }
}
