import type { GameStatus } from "../../../domain/outside/game.ts";

export type RawStatus = {
  readonly name: string;
  readonly state?: string | undefined;
  readonly completed?: boolean | undefined;
};

/** Said under any `state`: ESPN calls a game that was postponed `post`, with scores of 0. */
const INTERRUPTED: { readonly [name: string]: GameStatus } = {
  STATUS_POSTPONED: "postponed",
  STATUS_SUSPENDED: "suspended",
  STATUS_CANCELED: "canceled",
  STATUS_CANCELLED: "canceled",
  STATUS_ABANDONED: "canceled",
};
const BREAKS = new Set(["STATUS_HALFTIME", "STATUS_END_PERIOD", "STATUS_END_OF_REGULATION", "STATUS_END_OF_EXTRATIME"]);

/** Nothing is `scheduled` or `final` but what ESPN calls so. */
export function statusOf({ name, state, completed }: RawStatus): GameStatus {
  const interrupted = INTERRUPTED[name];
  if (interrupted) return interrupted;
  if (state === "pre" && completed !== true) {
    if (name === "STATUS_SCHEDULED") return "scheduled";
    return name.includes("DELAY") ? "delayed" : "unknown";
  }
  if (state === "in" && completed !== true) return BREAKS.has(name) ? "break" : "live";
  if (state === "post" && completed === true) return "final";
  return "unknown";
}
