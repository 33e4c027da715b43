import {
  findHorizons,
  findRollupsThatGo,
  type Horizons,
  type HorizonsJob,
  type RollupsJob,
} from "../blocks/jobs/horizons.ts";
import { type Merged, type MergeJob, mergeBlocks } from "../blocks/jobs/merge.ts";
import { type BlocksMade, type SealJob, sealSegment } from "../blocks/jobs/seal.ts";
import { buildIndex, type IndexBuilt, type IndexJob } from "./build-index.ts";

/** Work that reads and writes files for long: done away from the event loop. */
export type MaintenanceJob = IndexJob | SealJob | MergeJob | HorizonsJob | RollupsJob;
export type JobResult<J extends MaintenanceJob> = J extends IndexJob
  ? IndexBuilt
  : J extends SealJob
    ? BlocksMade
    : J extends HorizonsJob
      ? Horizons
      : J extends RollupsJob
        ? readonly string[]
        : Merged;

/** Blocks the thread. */
export function runJob(job: MaintenanceJob): IndexBuilt | BlocksMade | Merged | Horizons | readonly string[] {
  switch (job.kind) {
    case "index":
      return buildIndex(job);
    case "seal":
      return sealSegment(job);
    case "merge":
      return mergeBlocks(job);
    case "horizons":
      return findHorizons(job);
    case "rollups":
      return findRollupsThatGo(job);
  }
}

/** Has jobs done, one after the other. */
export type Maintainer = {
  run<J extends MaintenanceJob>(job: J): Promise<JobResult<J>>;
  /** Breaks off what is under way: its promises reject. */
  close(): Promise<void>;
};

/** On this thread, at once. */
export const blockingMaintainer: Maintainer = {
  run: async <J extends MaintenanceJob>(job: J) => runJob(job) as JobResult<J>,
  close: async () => {},
};
