import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { onCore } from "./process.ts";

/** Milliseconds; the wrk of one thread. */
export type WrkResult = {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx and 3xx, and socket errors. */
  readonly failed: number;
};

export function wrkUnavailable(): string | false {
  try {
    // It has no quiet way to say that it is there: without an address it explains itself and answers 1.
    execFileSync("wrk", ["-v"], { stdio: "pipe" });
    return false;
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") return false;
    return "wrk is not installed (on Debian: apt-get install wrk)";
  }
}

export async function runWrk(options: {
  url: string;
  token?: string;
  connections: number;
  seconds: number;
  core: number;
}): Promise<WrkResult> {
  const { url, token, connections, seconds, core } = options;
  const [program, ...words] = [...onCore(core), "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency"];
  const header = token === undefined ? [] : ["-H", `Authorization: Bearer ${token}`];
  const { stdout } = await promisify(execFile)(program as string, [...words, ...header, url]);
  return readWrk(stdout);
}

const UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000 } as const;

export function readWrk(text: string): WrkResult {
  const find = (pattern: RegExp) => pattern.exec(text);
  const percentile = (share: string) => {
    const [, value, unit] = find(new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)$`, "m")) ?? [];
    return value === undefined ? Number.NaN : Number(value) * UNITS[unit as keyof typeof UNITS];
  };
  const sockets = find(/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/)?.slice(1) ?? [];
  return {
    requestsPerSecond: Number(find(/^Requests\/sec:\s+([\d.]+)/m)?.[1]),
    p50: percentile("50"),
    p99: percentile("99"),
    failed:
      Number(find(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0) +
      sockets.map(Number).reduce((sum, count) => sum + count, 0),
  };
}
