import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { median } from "./statistics.ts";

const read = (file: string, name: string): number => {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return Number(found);
};

/** Bytes that a process, all its threads and all children that it has waited for have handed to the block layer. */
export const writtenBytes = (pid: number | "self"): number => read(`/proc/${pid}/io`, "write_bytes");

/**
 * What a child process has written altogether once it has ended. Its own counters go with it, but the system adds
 * them to ours when it is reaped: so nothing here may write to a file between the two readings.
 */
export async function writtenUntilExit(end: () => Promise<unknown>): Promise<number> {
  const before = writtenBytes("self");
  await end();
  return writtenBytes("self") - before;
}

export const residentBytes = (pid: number): number => read(`/proc/${pid}/status`, "VmRSS") * 1024;

/** User and system time of a process so far. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Seconds since the machine started at which a process began, to a hundredth. */
export const startedAt = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]) / 100;

export type MemorySamples = { readonly median: number; readonly peak: number };

/** Resident memory each second until asked. */
export function sampleMemory(pid: number): () => MemorySamples {
  const samples: number[] = [residentBytes(pid)];
  const timer = setInterval(() => {
    try {
      samples.push(residentBytes(pid));
    } catch {
      // It has ended; what it had is known.
      clearInterval(timer);
    }
  }, 1000);
  return () => {
    clearInterval(timer);
    return { median: median(samples), peak: Math.max(...samples) };
  };
}

/** A prefix for a command that must run on one core. */
export const onCore = (core: number): string[] => ["taskset", "-c", String(core)];

/** Moves a running process with all its threads; `undefined`: any core. */
export const moveToCore = (pid: number, core: number | undefined): void => {
  execFileSync("taskset", ["-a", "-p", "-c", core === undefined ? "0-1023" : String(core), String(pid)], {
    stdio: "pipe",
  });
};
