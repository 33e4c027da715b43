import type { Micros } from "../domain/time/time.ts";
import type { DiskRoom } from "../platform/disk.ts";
import type { Clock } from "../platform/time/clock.ts";

/** Keeps the last of a disk free: what else the machine does needs it, and so does letting go of what is old. */
export type Space = {
  readonly reserve: number;
  /** To be asked before a write: why there is no room for it; undefined: there is. */
  refusal(): Promise<string | undefined> | undefined;
  /** So many bytes have been written. */
  took(bytes: number): void;
  /** Since when nothing may be written. */
  stoppedSince(): Micros | undefined;
};

/** A disk is looked at again after so long, or so many bytes: others fill it, too. */
const LOOK_EVERY_MS = 10_000;
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;
/** While there is no room it is looked at more often: every second that it lasts is to be filled afterwards. */
const LOOK_STOPPED_MS = 1_000;
/** Room is back when there is a little more than the reserve, or recording would stop and go by turns. */
const BACK = 1.02;

export function createSpace(needs: { room: () => Promise<DiskRoom>; reserve: number; clock: Clock }): Space {
  const { room, reserve, clock } = needs;
  let lookedAt: number | undefined;
  let written = 0;
  let stopped: { readonly since: Micros; why: string } | undefined;

  const isDue = (): boolean => {
    if (lookedAt === undefined) return true;
    const passed = clock.ticks() - lookedAt;
    return stopped
      ? passed >= LOOK_STOPPED_MS
      : passed >= LOOK_EVERY_MS || written >= Math.min(LOOK_EVERY_BYTES, reserve / 4);
  };
  const look = async (): Promise<string | undefined> => {
    // A disk that does not say how full it is says so when it is full.
    const free = await room().then(
      (found) => found.free,
      () => Number.POSITIVE_INFINITY,
    );
    lookedAt = clock.ticks();
    written = 0;
    if (free >= (stopped ? reserve * BACK : reserve)) stopped = undefined;
    else {
      const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
      const why = `the disk has ${megabytes(free)} left, and the last ${megabytes(reserve)} are kept free`;
      stopped = { since: stopped?.since ?? clock.now(), why };
    }
    return stopped?.why;
  };
  return {
    reserve,
    refusal: () => {
      if (reserve === 0) return undefined;
      if (isDue()) return look();
      return stopped && Promise.resolve(stopped.why);
    },
    took: (bytes) => {
      written += bytes;
    },
    stoppedSince: () => stopped?.since,
  };
}
