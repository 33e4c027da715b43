import { describeError } from "../../../domain/failure.ts";
import { createBackoff } from "../../../platform/time/backoff.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Log } from "../../../platform/told/log.ts";
import type { AmendmentsDone } from "../segments/amendments.ts";
import type { Segment } from "../segments/tail.ts";
import type { Troubles } from "../troubles.ts";
import type { IndexBuilt, IndexJob } from "./build-index.ts";
import type { Maintainer } from "./job.ts";

export type Indexer = {
  /** Has the index file of a closed segment written, after those asked for before. */
  enqueue(segment: Segment): void;
  /** Resolves when nothing is being written; until the answer is called, nothing is. */
  hold(): Promise<() => void>;
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>;
  /** Waits for what is being written; whoever has the maintainer breaks that off. */
  close(): Promise<void>;
};

/** A disk that refused an index may be well again long before the next segment is full. */
const RETRY = { firstMs: 5_000, mostMs: 10 * 60_000 };

export function createIndexer(needs: {
  folder: string;
  clock: Clock;
  maintainer: Pick<Maintainer, "run">;
  log: Log;
  troubles: Troubles;
  segments: readonly Segment[];
  amendmentsDone(): AmendmentsDone;
  onBuilt(segment: Segment, built: IndexBuilt): void;
}): Indexer {
  const { folder, clock, maintainer, log, troubles, segments, amendmentsDone, onBuilt } = needs;
  const waiting: Segment[] = [];
  const backoff = createBackoff(RETRY);
  let running: Promise<void> | undefined;
  let cancelRetry: (() => void) | undefined;
  let holds = 0;
  let closed = false;

  const jobOf = (segment: Segment): IndexJob => {
    const previous = segments[segments.indexOf(segment) - 1]?.base ?? null;
    return { kind: "index", folder, base: segment.base, limit: segment.limit, previous, done: amendmentsDone() };
  };

  const run = async () => {
    for (let segment = waiting[0]; segment && !closed && holds === 0; segment = waiting[0]) {
      try {
        onBuilt(segment, await maintainer.run(jobOf(segment)));
        waiting.shift();
        backoff.reset();
        troubles.set("index", null);
      } catch (error) {
        if (closed) break;
        log.warning("the index of a segment could not be written; queries read the segment itself", {
          file: segment.name,
          error: describeError(error),
        });
        troubles.set("index", {
          why: `The index of ${segment.name} could not be written: ${describeError(error)}`,
          fix: "Free space on the disk or check its health; it is tried again by itself",
        });
        cancelRetry = clock.after(backoff.next(), start);
        break;
      }
    }
    running = undefined;
  };
  const start = () => {
    cancelRetry?.();
    if (holds > 0) return;
    running ??= run();
  };

  return {
    enqueue: (segment) => {
      if (closed) return;
      waiting.push(segment);
      start();
    },
    hold: async () => {
      holds++;
      await running;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds--;
        if (!closed && waiting.length > 0) start();
      };
    },
    idle: async () => {
      await running;
    },
    close: async () => {
      closed = true;
      cancelRetry?.();
      await running;
    },
  };
}
