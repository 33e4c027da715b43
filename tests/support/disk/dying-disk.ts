import { type Disk, systemDisk } from "../../../src/backup/folder/disk.ts";

const CHANGES = ["linkSync", "mkdirSync", "openSync", "renameSync", "rmSync", "writeSync", "fsyncSync"];

export class Died extends Error {}

/**
 * A disk on which the given step and everything after it no longer happens, as when the process is killed before it: what
 * would be cleared up afterwards is not. Steps are those that change something, or might.
 */
export function dyingDisk(step: number): { readonly disk: Disk; died(): boolean } {
  let left = step;
  let dead = false;
  const disk = Object.fromEntries(
    Object.entries(systemDisk).map(([name, run]) => [
      name,
      (...args: unknown[]) => {
        // The system closes the files of a dead process.
        if (CHANGES.includes(name) && --left <= 0) dead = true;
        if (dead && name !== "closeSync") throw new Died(`killed before ${name}`);
        return (run as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Disk;
  return { disk, died: () => dead };
}
