import type { Fault } from "./runner/fault.ts";
import { failingDisk } from "./storage/failing-disk.ts";
import { fullDisk } from "./storage/full-disk.ts";
import { killedAtAnyMoment } from "./storage/kill.ts";

/** The table, in the order in which it is run. */
export const FAULTS: readonly Fault[] = [killedAtAnyMoment, fullDisk, ...failingDisk];

/** What the table still lacks, and why. */
export const LATER: readonly { readonly id: string; readonly why: string }[] = [
  { id: "R4 with the reserve", why: "the hub does not keep the last 500 MB of a disk free yet" },
];
