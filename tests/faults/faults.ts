import { exportsWithoutMeasure } from "./access/exports.ts";
import { timingOfKeys } from "./access/keys.ts";
import { heavyReaders } from "./access/load.ts";
import { secretsStayInside } from "./access/secrets.ts";
import { forgedUsers } from "./access/strangers.ts";
import { coreRestarts, killedBesideCore, stalledBesideCore } from "./core/away.ts";
import { burstOfCore } from "./core/burst.ts";
import { tokenRevoked } from "./core/token.ts";
import { upgradedWhileConnected } from "./core/upgrade.ts";
import { valuesOfCore } from "./core/values.ts";
import { malformedFrames } from "./input/frames.ts";
import { repeats } from "./input/repeats.ts";
import { oddValues } from "./input/values.ts";
import { burst } from "./link/burst.ts";
import { partition } from "./link/partition.ts";
import { tokenRefused } from "./link/refused.ts";
import { homeRestarts } from "./link/restart.ts";
import type { Fault } from "./runner/fault.ts";
import { killedBackups } from "./storage/backups.ts";
import { damagedFiles } from "./storage/damaged-files.ts";
import { failingDisk } from "./storage/failing-disk.ts";
import { fullDisk } from "./storage/full-disk.ts";
import { backupAtFullLoad } from "./storage/hot-backup.ts";
import { killedAtAnyMoment } from "./storage/kill.ts";
import { schemas } from "./storage/schemas.ts";
import { killedWhileAmending } from "./store/amending.ts";
import { powerCutsWhileAmending } from "./store/amending-power.ts";
import { powerCuts } from "./store/power.ts";
import { killedAtEveryStep } from "./store/steps.ts";
import { clockJumps, startIn1970 } from "./time/clock.ts";
import { outOfOrder, summerTime } from "./time/late.ts";

/** The table, in the order in which it is run. */
export const FAULTS: readonly Fault[] = [
  killedAtAnyMoment,
  killedAtEveryStep,
  killedWhileAmending,
  killedBackups,
  powerCuts,
  powerCutsWhileAmending,
  ...fullDisk,
  ...failingDisk,
  homeRestarts,
  partition,
  burst,
  malformedFrames,
  oddValues,
  repeats,
  clockJumps,
  startIn1970,
  outOfOrder,
  summerTime,
  tokenRefused,
  damagedFiles,
  schemas,
  heavyReaders,
  exportsWithoutMeasure,
  backupAtFullLoad,
  timingOfKeys,
  forgedUsers,
  secretsStayInside,
  killedBesideCore,
  stalledBesideCore,
  burstOfCore,
  valuesOfCore,
  tokenRevoked,
  coreRestarts,
  upgradedWhileConnected,
];

/** What the table still lacks, and why. */
export const LATER: readonly { readonly id: string; readonly why: string }[] = [
  { id: "R2", why: "a migration and a backup killed at every step are tests beside them" },
  { id: "R16 to R20", why: "archives and webhooks are still to come" },
  {
    id: "R26",
    why: "the soak run is still to come",
  },
];
