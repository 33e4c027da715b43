import type { Breakage } from "../breakage.ts";

const EMBEDDED = "src/store/embedded";
const FOLDER = `${EMBEDDED}/blocks`;
/** Plays power cuts through a recorded life of the store. */
const POWER_CUTS = "tests/faults/store/power.test.ts";
const BACKUPS = "src/backup/make/power.test.ts";

/** What a power loss would show: a sync that is left out, or comes too late. */
export const SYNCS: readonly Breakage[] = [
  {
    name: "the manifest takes its place without having been synced",
    promise: "R3: every change of the set of blocks is all or nothing",
    file: `${FOLDER}/set/manifest.ts`,
    from: "await handle.sync();",
    to: "await handle.close;",
    caughtBy: [POWER_CUTS],
  },
  {
    name: "what a manifest no longer names is deleted before that manifest is on the disk",
    promise: "R3: 0 lost: deleted is what the disk knows to be replaced",
    file: `${FOLDER}/set/manifest.ts`,
    from: "  renamed();\n  await syncFolder(files, folder);",
    to: "  renamed();",
    caughtBy: [POWER_CUTS],
  },
  {
    name: "a block counts before what stands in it is on the disk",
    promise: "R3: 0 lost of what was synced",
    file: `${FOLDER}/file/writer.ts`,
    from: "fsyncSync(handle);",
    to: "void handle;",
    caughtBy: [POWER_CUTS],
  },
  {
    name: "a segment counts as synced while its name is not",
    promise: "R3: 0 lost of what was synced",
    file: `${EMBEDDED}/write/syncing.ts`,
    from: "if (file.isNew) {",
    to: "if (file.isNew && failing) {",
    caughtBy: [POWER_CUTS],
  },
  {
    name: "a backup's files count before what stands in them is on the disk",
    promise: "R3: a backup is whole, or is none",
    file: "src/backup/folder/disk.ts",
    from: "if (target !== undefined) disk.fsyncSync(target);",
    to: "",
    caughtBy: [BACKUPS],
  },
];
