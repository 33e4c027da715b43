import { getPriority, setPriority } from "node:os";
import { isMainThread } from "node:worker_threads";

/** The lowest there is. */
const LAST = 19;
/**
 * How far a worker thread steps back behind where the process is (nice values): `answers` are waited for, `upkeep` has
 * time. The main thread, which records and tells the present, must not have to wait for the processor behind either:
 * with all at one priority a sealing and an export on two cores made status answers late by seconds.
 */
const BEHIND = { answers: 3, upkeep: 10 } as const;

/** Called first by a worker's entry. Only Linux gives each thread a priority of its own; elsewhere nothing is done. */
export function giveWay(to: keyof typeof BEHIND): void {
  if (isMainThread || process.platform !== "linux") return;
  try {
    setPriority(Math.min(LAST, getPriority() + BEHIND[to]));
  } catch {
    // A sandbox that forbids it costs nothing but the order.
  }
}
