import { readFileSync, writeFileSync } from "node:fs";

/** Resident bytes of a process of this machine. */
export const residentBytes = (pid: number): number => read(pid, "VmRSS");

/** The most that it ever had, since it began or since `forgetPeak`. */
export const peakBytes = (pid: number): number => read(pid, "VmHWM");

export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, "5");

function read(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (found === undefined) throw new Error(`the system does not tell ${name}`);
  return Number(found) * 1024;
}
