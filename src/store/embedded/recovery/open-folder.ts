import { describeError, Failure } from "../../../domain/failure.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Log } from "../../../platform/told/log.ts";
import { type BlocksRecovery, recoverBlocks } from "../blocks/set/recover.ts";
import { type Files, makeFolder } from "../files.ts";
import { type Lock, lockFolder } from "../lock.ts";
import { type Recovery, recover } from "./recover.ts";

/** Locks a store's folder and finds out what is in it. @throws Failure `store_unreadable`, and those of the lock */
export async function openFolder(needs: {
  folder: string;
  tailFolder: string;
  blocksFolder: string;
  files: Files;
  clock: Clock;
  log: Log;
  segmentBytes: number;
}): Promise<{ lock: Lock; recovery: Recovery; blocks: BlocksRecovery }> {
  const { folder, tailFolder, blocksFolder, files, log } = needs;
  try {
    await makeFolder(files, tailFolder);
    const lock = await lockFolder(needs);
    try {
      const blocks = await recoverBlocks({ folder: blocksFolder, files, log });
      const { sealed } = blocks.manifest;
      const recovery = await recover({ ...needs, folder: tailFolder, left: lock.left, floor: lock.floor, sealed });
      return { lock, recovery, blocks };
    } catch (error) {
      // Whoever looks next must still see how the store was left, if that was not to be seen already.
      await lock.release(lock.left === "closed");
      throw error;
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("store_unreadable", `The store in ${folder} cannot be opened: ${describeError(cause)}`, {
      fix: "Check that the folder can be read and written to, and the health of the disk",
      cause,
    });
  }
}
