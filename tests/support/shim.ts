import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "shim/fsync-delay.c");
const CACHE = join(import.meta.dirname, "../../.cache/shim");

export type ShimOptions = {
  /** Each fsync and fdatasync takes so much longer. */
  readonly fsyncDelayMs?: number;
  /** A file that gets a line for each delayed call. */
  readonly log?: string;
};

/** Why the shim cannot be used on this machine, as the `skip` of a test; false: it can. */
export function shimUnavailable(): string | false {
  if (process.platform !== "linux") return "the shim needs Linux (LD_PRELOAD)";
  try {
    build();
    return false;
  } catch (error) {
    return `the shim cannot be compiled: ${error instanceof Error ? error.message : error} (on Debian: apt-get install gcc libc6-dev)`;
  }
}

/** The environment under which a program's file syncs pass through the shim; compiled on the first use. */
export function shimEnvironment({ fsyncDelayMs, log }: ShimOptions): Record<string, string> {
  return {
    LD_PRELOAD: build(),
    ...(fsyncDelayMs === undefined ? {} : { SHIM_FSYNC_DELAY_MS: String(fsyncDelayMs) }),
    ...(log === undefined ? {} : { SHIM_LOG: log }),
  };
}

function build(): string {
  const version = createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 12);
  const library = join(CACHE, `shim-${version}.so`);
  if (existsSync(library)) return library;
  mkdirSync(CACHE, { recursive: true });
  const fresh = `${library}.${process.pid}`;
  execFileSync("gcc", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", fresh, SOURCE, "-ldl"], { stdio: "pipe" });
  renameSync(fresh, library);
  return library;
}
