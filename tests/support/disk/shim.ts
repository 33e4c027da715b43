import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "shim/shim.c");
const CACHE = join(import.meta.dirname, "../../../.cache/shim");

export type ShimOptions = {
  /** Each fsync and fdatasync takes so much longer. */
  readonly fsyncDelayMs?: number;
  /** A file that gets a line for each delayed call. */
  readonly log?: string;
  /** A switchboard's file (`openShimControl`). */
  readonly control?: string;
  /** Writes and syncs of files in this folder go wrong, and of no others. */
  readonly folder?: string;
  /** The program kills itself before its so manieth call that changes the folder; 0: never, but they are counted. */
  readonly killAt?: number;
  /** A file that gets every call that changes the folder, to be read by `readJournal`. */
  readonly record?: string;
};

/** What goes wrong for a program that runs under the shim, from the moment it is set. */
export type ShimControl = Disposable & {
  readonly file: string;
  set(faults: ShimFaults): void;
  /** Calls that were refused so far. */
  refused(): number;
  /** Calls that changed the folder, where `killAt` is given. */
  steps(): number;
};

export type ShimFaults = {
  /** What the wall clock is ahead of the right time; negative: behind. */
  readonly clockSeconds?: number;
  readonly sync?: "EIO" | undefined;
  /** EROFS, as on a disk that the system has made read-only after errors. */
  readonly write?: "EROFS" | "ENOSPC" | "EIO" | undefined;
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

/** The environment under which a program's writes, syncs and looks at the clock pass through the shim; compiled on the first use. */
export function shimEnvironment({
  fsyncDelayMs,
  log,
  control,
  folder,
  killAt,
  record,
}: ShimOptions): Record<string, string> {
  return {
    LD_PRELOAD: build(),
    ...(fsyncDelayMs === undefined ? {} : { SHIM_FSYNC_DELAY_MS: String(fsyncDelayMs) }),
    ...(log === undefined ? {} : { SHIM_LOG: log }),
    ...(control === undefined ? {} : { SHIM_CONTROL: control }),
    ...(folder === undefined ? {} : { SHIM_FOLDER: folder }),
    ...(killAt === undefined ? {} : { SHIM_KILL_AT: String(killAt) }),
    ...(record === undefined ? {} : { SHIM_RECORD: record }),
  };
}

/** Makes the file by which a running program's faults are switched; nothing goes wrong at first. */
export function openShimControl(file: string): ShimControl {
  const handle = openSync(file, "w+");
  const set = ({ clockSeconds = 0, sync, write }: ShimFaults) => {
    const bytes = Buffer.alloc(16);
    bytes.writeBigInt64LE(BigInt(clockSeconds), 0);
    bytes.writeInt32LE(sync ? constants.errno[sync] : 0, 8);
    bytes.writeInt32LE(write ? constants.errno[write as "EROFS"] : 0, 12);
    writeSync(handle, bytes, 0, 16, 0);
  };
  writeSync(handle, Buffer.alloc(32), 0, 32, 0);
  const counted = (at: number) => {
    const bytes = Buffer.alloc(8);
    readSync(handle, bytes, 0, 8, at);
    return Number(bytes.readBigInt64LE());
  };
  return {
    file,
    set,
    refused: () => counted(16),
    steps: () => counted(24),
    [Symbol.dispose]: () => closeSync(handle),
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
