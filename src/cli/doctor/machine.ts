import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describeError } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import { bytesText } from "../output/table.ts";
import type { Finding } from "./finding.ts";

const ENOUGH_BYTES = 2e9;
const LEAST_BYTES = 500e6;
const OTHERS_MAY_READ = 0o077;
/** No hub is older: a clock before it has not been set. */
const FIRST_HUB: Micros = Date.UTC(2026, 0, 1) * 1000;

export function checkFolder(folder: string): Finding[] {
  const check = "data folder";
  const path = resolve(folder);
  if (!existsSync(path))
    return [
      {
        check,
        state: "problem",
        what: `${path} is not there`,
        fix: "Give the hub's data folder with --data or HA_INGESTOR_DATA; a hub that has never run has none yet.",
      },
    ];
  const found = statSync(path);
  if (!found.isDirectory()) return [{ check, state: "problem", what: `${path} is no folder`, fix: "Give a folder." }];
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      {
        check,
        state: "problem",
        what: `${path} may not be read and written by this user`,
        fix: "Be the user that the hub runs as, or give the folder to this one.",
      },
    ];
  }
  const open = (found.mode & OTHERS_MAY_READ) !== 0;
  return [
    { check, state: "ok", what: `${path} can be read and written` },
    open
      ? {
          check: "permissions",
          state: "warning",
          what: `Others on this machine may look into ${path} (${(found.mode & 0o777).toString(8)})`,
          fix: `chmod 700 ${path}`,
        }
      : { check: "permissions", state: "ok", what: "The folder is its owner's alone" },
  ];
}

export function checkDisk(folder: string): Finding {
  const check = "disk";
  let path = resolve(folder);
  while (!existsSync(path)) path = dirname(path);
  try {
    const { bavail, bsize, blocks } = statfsSync(path);
    const [free, total] = [bavail * bsize, blocks * bsize];
    const what = `${bytesText(free)} of ${bytesText(total)} are free`;
    if (free >= ENOUGH_BYTES) return { check, state: "ok", what };
    const fix = "Make room; ha-ingestor retention preview says what could go of what was recorded.";
    return { check, state: free < LEAST_BYTES ? "problem" : "warning", what, fix };
  } catch (error) {
    return { check, state: "skipped", what: `The disk does not say: ${describeError(error)}` };
  }
}

export function checkClock(now: Micros): Finding {
  const check = "clock";
  const what = `This machine says it is ${microsToRfc3339(now).slice(0, 19)} UTC`;
  if (now >= FIRST_HUB) return { check, state: "ok", what };
  return {
    check,
    state: "problem",
    what,
    fix: "Set the clock, and let it be kept right by NTP (timedatectl set-ntp true).",
  };
}
