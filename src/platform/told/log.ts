import { describeError } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Clock } from "../time/clock.ts";
import type { Mask } from "./mask.ts";

export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** A message says what happened in plain words; `facts` are its figures. Secrets are hidden at the sink. */
export type Log = {
  [level in Level]: (message: string, facts?: { readonly [name: string]: unknown }) => void;
} & { for(room: string): Log };

export function createLog(needs: { clock: Clock; mask: Mask; level: Level; write?: (line: string) => void }): Log {
  const { clock, mask, level, write = (line: string) => void process.stderr.write(line) } = needs;
  const least = LEVELS.indexOf(level);
  const logFor = (room: string): Log => {
    const at = (rank: Level) => (message: string, facts?: { readonly [name: string]: unknown }) => {
      if (LEVELS.indexOf(rank) < least) return;
      const tail = facts ? ` ${describeFacts(facts)}` : "";
      write(`${mask.hide(`${microsToRfc3339(clock.now())} ${rank.padEnd(7)} ${room}: ${message}${tail}`)}\n`);
    };
    return { debug: at("debug"), info: at("info"), warning: at("warning"), error: at("error"), for: logFor };
  };
  return logFor("hub");
}

function describeFacts(facts: { readonly [name: string]: unknown }): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value instanceof Error ? describeError(value) : describeValue(value)}`)
    .join(" ");
}

const describeValue = (value: unknown): string =>
  typeof value === "string"
    ? /[\s"]/.test(value)
      ? JSON.stringify(value)
      : value
    : (JSON.stringify(value) ?? "undefined");

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warning: () => {},
  error: () => {},
  for: () => silentLog,
};
