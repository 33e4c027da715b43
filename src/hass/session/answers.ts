import * as v from "valibot";
import type { GapCause } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { HomeFacts } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import { Config } from "../registry/answers.ts";
import type { Call } from "./session.ts";

export function readFacts(answer: unknown): HomeFacts {
  const parsed = v.safeParse(Config, answer);
  if (!parsed.success) {
    const path = v.getDotPath(parsed.issues[0]) ?? "answer";
    throw new Failure("unexpected_answer", `Home Assistant's get_config has another shape at ${path}`, { retry: true });
  }
  const { location_name, time_zone, unit_system, ...rest } = parsed.output;
  return { ...rest, name: location_name, timeZone: time_zone, unitSystem: unit_system };
}

/** A cut for slowness and a restart look the same on the wire (code 1000); Home Assistant's log tells them apart. */
export async function askWhy(call: Call, since: Micros, cause: GapCause): Promise<GapCause> {
  if (cause !== "disconnected") return cause;
  const log = await call({ type: "system_log/list" }).catch(() => []);
  if (!Array.isArray(log)) return cause;
  const cut = log.some(
    (entry: { message?: unknown; timestamp?: unknown }) =>
      /unable to keep up/i.test(JSON.stringify(entry?.message ?? "")) && Number(entry?.timestamp) * 1e6 > since,
  );
  return cut ? "slow_reader" : cause;
}

/** The library rejects with Home Assistant's error as it came, or with a number of its own. */
export function asFailure(error: unknown, command: string): Failure {
  const { code, message } = (typeof error === "object" && error !== null ? error : {}) as {
    code?: unknown;
    message?: unknown;
  };
  if (code === 3 || error === 3) return new Failure("connection_lost", "the connection ended", { retry: true });
  return new Failure("command_refused", `Home Assistant refused ${command}: ${message ?? code ?? error}`, {
    cause: error,
    ...(code === "unauthorized" ? { fix: "Create the access token as a user who is an administrator." } : {}),
  });
}
