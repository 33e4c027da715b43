import { dirname, join } from "node:path";
import { type Disk, syncFolder } from "../folder/disk.ts";

/** Written last into what is being restored: with it, the folder is whole. */
export const RESTORED = "restored.json";

const stagingOf = (home: string): string => `${home}.restoring`;
const asideOf = (home: string): string => `${home}.before-restore`;
const discardedOf = (home: string): string => `${home}.discarded`;

/**
 * Puts right what an interrupted restore left: either the home's folder is the old one, or it is the restored one.
 * Called before anything of the folder is opened.
 */
export function settleRestore(disk: Disk, home: string): void {
  const staging = stagingOf(home);
  if (!disk.existsSync(home)) {
    // Between its two renames: what was told to take the place takes it.
    if (disk.existsSync(join(staging, RESTORED))) move(disk, staging, home);
    else if (disk.existsSync(asideOf(home))) move(disk, asideOf(home), home);
  }
  for (const left of [staging, discardedOf(home)]) disk.rmSync(left, { recursive: true, force: true });
}

/** A folder beside the home's, empty. */
export function stage(disk: Disk, home: string): string {
  const staging = stagingOf(home);
  disk.rmSync(staging, { recursive: true, force: true });
  return staging;
}

/** Gives the staged folder the home's name; answers where what was there before is kept. null: there was nothing. */
export function swapIn(disk: Disk, home: string): string | null {
  const aside = asideOf(home);
  if (disk.existsSync(home)) {
    // What stands aside already is what the hub last ran with; in between it was only restored, and never started well.
    if (disk.existsSync(aside)) move(disk, home, discardedOf(home));
    else move(disk, home, aside);
  }
  move(disk, stagingOf(home), home);
  disk.rmSync(discardedOf(home), { recursive: true, force: true });
  return disk.existsSync(aside) ? aside : null;
}

/** Once the hub has started from what was restored, what it replaced may go. True: something went. */
export function dropReplaced(disk: Disk, home: string): boolean {
  const aside = asideOf(home);
  if (!disk.existsSync(aside)) return false;
  disk.rmSync(aside, { recursive: true, force: true });
  return true;
}

function move(disk: Disk, from: string, to: string): void {
  disk.renameSync(from, to);
  syncFolder(disk, dirname(to));
}
