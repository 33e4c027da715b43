import { join } from "node:path";
import type { Position, SeriesId } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { type Files, type OpenFile, writeAll } from "../files.ts";
import type { IndexHead } from "../index/head.ts";
import type { AttributeState } from "../write/encode.ts";
import type { SyncFile } from "../write/syncing.ts";
import { encodeHeader, HEADER, type Header, segmentName } from "./header.ts";
import { emptyLists, type SegmentLists } from "./lists.ts";

/** One file of the log as the owner knows it. */
export type Segment = {
  readonly name: string;
  readonly base: Position;
  readonly baseTime: Micros;
  /** Where its records end; what the file holds beyond was never acknowledged. */
  limit: number;
  /** Where its records stand, until its index file says so. */
  lists: SegmentLists | undefined;
  index: IndexHead | undefined;
  /** When it was closed, by the wall clock. */
  closedAt?: Micros;
};

export type OpenSegment = {
  readonly segment: Segment;
  readonly file: SyncFile;
  readonly attributes: Map<SeriesId, AttributeState>;
};

/** The log's files, oldest first; the last one is written to. */
export type Tail = {
  readonly segments: readonly Segment[];
  readonly open: OpenSegment | undefined;
  /** Begins the next segment; on failure the open one stays. */
  roll(baseTime: Micros): Promise<OpenSegment>;
  /** The open segment cannot be put right behind its limit; `dirty` bytes may stand there. */
  abandon(dirty: number): void;
  /** Closes the open segment, so that it can be sealed; the next entry begins another. */
  close(): void;
  /** So many of the oldest are no longer of the log. */
  drop(count: number): void;
};

export type Recovered = {
  readonly segments: Segment[];
  readonly open: OpenSegment | undefined;
  /** No position below this one may be given to a new segment. */
  readonly nextBase: Position;
};

export function createTail(needs: {
  folder: string;
  files: Files;
  clock: Clock;
  recovered: Recovered;
  onRetired(segment: Segment, file: SyncFile): void;
  onOpened(file: SyncFile): void;
}): Tail {
  const { folder, files, clock, recovered, onRetired, onOpened } = needs;
  const { segments } = recovered;
  let { open, nextBase } = recovered;

  const create = async (header: Header): Promise<OpenFile> => {
    const path = join(folder, segmentName(header.base));
    const unfinished = `${path}.tmp`;
    const handle = await files.open(unfinished, "w+");
    try {
      await writeAll(handle, encodeHeader(header), 0);
      // A segment has its whole header from the moment it has its name.
      await files.rename(unfinished, path);
      return handle;
    } catch (error) {
      await handle.close().catch(() => {});
      await files.unlink(unfinished).catch(() => {});
      throw error;
    }
  };

  const retire = () => {
    if (!open) return;
    open.file.retired = true;
    open.segment.closedAt = clock.now();
    onRetired(open.segment, open.file);
    open = undefined;
  };

  return {
    segments,
    get open() {
      return open;
    },
    roll: async (baseTime) => {
      const last = segments.at(-1);
      const previousEnd = last ? last.base + last.limit : 0;
      const base = Math.max(nextBase, previousEnd);
      const header = { base, baseTime, previousEnd, created: clock.now() };
      const handle = await create(header);
      retire();
      const segment: Segment = {
        name: segmentName(base),
        base,
        baseTime,
        limit: HEADER,
        lists: emptyLists(),
        index: undefined,
      };
      segments.push(segment);
      const file: SyncFile = { handle, end: HEADER, synced: 0, isNew: true, retired: false };
      open = { segment, file, attributes: new Map() };
      onOpened(file);
      return open;
    },
    abandon: (dirty) => {
      if (!open) return;
      nextBase = Math.max(nextBase, open.segment.base + open.segment.limit + dirty);
      retire();
    },
    close: retire,
    drop: (count) => void segments.splice(0, count),
  };
}
