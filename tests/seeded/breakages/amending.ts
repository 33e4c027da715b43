import type { Breakage, Suite } from "../breakage.ts";

const STORE = "src/store/embedded/amending.test.ts";
const PROMISES: Suite = {
  file: "src/store/embedded/embedded.test.ts",
  only: "what is corrected is told corrected at once",
};

/** Corrections and erasures. */
export const AMENDING: readonly Breakage[] = [
  {
    name: "readers go on telling what was corrected until the blocks know of it",
    promise: "from the answer on everything is told of the corrected readings",
    file: "src/store/embedded/reader/pending.ts",
    from: "!own.some((amendment) => position < amendment.position && takesReading(amendment, series, time));",
    to: "!own.some((amendment) => position > amendment.position && takesReading(amendment, series, time));",
    caughtBy: [PROMISES],
  },
  {
    name: "sealing takes what came after a correction, too",
    promise: "an amendment takes what stands before it",
    file: "src/store/embedded/blocks/jobs/seal.ts",
    from: "base + offset < amendment.position && takes(amendment)",
    to: "takes(amendment)",
    caughtBy: [PROMISES],
  },
  {
    name: "blocks keep what was erased",
    promise: "what was erased is in no file any more",
    file: "src/store/embedded/blocks/set/keeper.ts",
    from: "if (amendments.length > 0) await amendBlocks(amendments);",
    to: "if (amendments.length > 1e9) await amendBlocks(amendments);",
    caughtBy: [STORE],
  },
  {
    name: "a full chunk is copied although a correction is for it",
    promise: "every answer is that of what is left",
    file: "src/store/embedded/blocks/jobs/merge.ts",
    from: " && !taken?.mayTouch(only.chunk);",
    to: ";",
    caughtBy: [STORE],
  },
  {
    name: "the values of an erased time stay in attributes that others build on",
    promise: "what was erased is in no file any more",
    file: "src/store/embedded/maintenance/purge.ts",
    from: "if (others) blank(bytes, segment, at, (name) => others.every((names) => names.has(name)));",
    to: "if (others) continue;",
    caughtBy: [STORE],
  },
  {
    name: "the snapshots of older segments keep the latest reading that was erased",
    promise: "what was erased is in no file any more",
    file: "src/store/embedded/maintenance/purge.ts",
    from: "position < erasure.position && takesReading(erasure, series, time)",
    to: "position > erasure.position && takesReading(erasure, series, time)",
    caughtBy: [STORE],
  },
  {
    name: "segments change under a backup that copies them",
    promise: "nothing that a snapshot names is changed before its release",
    file: "src/store/embedded/reader/views.ts",
    from: 'sealed === "fixed" || base + limit > sealed',
    to: 'sealed !== "fixed" && base + limit > sealed',
    caughtBy: [STORE],
  },
];
