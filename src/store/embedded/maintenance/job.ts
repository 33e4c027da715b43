import { type AmendedJob, findAmended } from "../blocks/jobs/amended.ts";
import {
  findHorizons,
  findRollupsThatGo,
  type Horizons,
  type HorizonsJob,
  type RollupsJob,
} from "../blocks/jobs/horizons.ts";
import { type Merged, type MergeJob, mergeBlocks } from "../blocks/jobs/merge.ts";
import { type SealedSegment, type SealJob, sealSegment } from "../blocks/jobs/seal.ts";
import { buildIndex, type IndexBuilt, type IndexJob } from "./build-index.ts";
import { type Purged, type PurgeJob, purgeSegment } from "./purge.ts";

/** Work that reads and writes files for long: done away from the event loop. */
export type MaintenanceJob = IndexJob | SealJob | MergeJob | HorizonsJob | RollupsJob | AmendedJob | PurgeJob;
type Results = {
  readonly index: IndexBuilt;
  readonly seal: SealedSegment;
  readonly merge: Merged;
  readonly horizons: Horizons;
  readonly rollups: readonly string[];
  readonly amended: readonly string[];
  readonly purge: Purged;
};
export type JobResult<J extends MaintenanceJob> = Results[J["kind"]];

/** Blocks the thread. */
export function runJob(job: MaintenanceJob): Results[MaintenanceJob["kind"]] {
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
    case "amended":
      return findAmended(job);
    case "purge":
      return purgeSegment(job);
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
