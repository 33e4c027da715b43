import { coreRestarts, killedBesideCore, stalledBesideCore } from "./core/away.ts";
import { burstOfCore } from "./core/burst.ts";
import { valuesOfCore } from "./core/values.ts";
import { malformedFrames } from "./input/frames.ts";
import { repeats } from "./input/repeats.ts";
import { oddValues } from "./input/values.ts";
import { burst } from "./link/burst.ts";
import { partition } from "./link/partition.ts";
import { homeRestarts } from "./link/restart.ts";
import type { Fault } from "./runner/fault.ts";
import { failingDisk } from "./storage/failing-disk.ts";
import { fullDisk } from "./storage/full-disk.ts";
import { killedAtAnyMoment } from "./storage/kill.ts";
import { clockJumps, startIn1970 } from "./time/clock.ts";

/** The table, in the order in which it is run. */
export const FAULTS: readonly Fault[] = [
  killedAtAnyMoment,
  fullDisk,
  ...failingDisk,
  homeRestarts,
  partition,
  burst,
  malformedFrames,
  oddValues,
  repeats,
  clockJumps,
  startIn1970,
  killedBesideCore,
  stalledBesideCore,
  burstOfCore,
  valuesOfCore,
  coreRestarts,
];

/** What the table still lacks, and why. */
export const LATER: readonly { readonly id: string; readonly why: string }[] = [
  { id: "R4 with the reserve", why: "the hub does not keep the last 500 MB of a disk free yet" },
];
