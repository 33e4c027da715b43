import type { PartStatus } from "../domain/status.ts";
import { microsToRfc3339 } from "../domain/time/time.ts";
import type { LastRun } from "./memory.ts";
import type { Announcement } from "./plan/plan.ts";
import type { HomeTime } from "./time/home-time.ts";

/** How retention is doing, for the status board. */
export function describeRetention(given: {
  unreadable: boolean;
  time: HomeTime;
  announced: readonly Announcement[];
  lastRun: LastRun | null;
  running: boolean;
}): Omit<PartStatus, "part" | "since"> {
  const { unreadable, time, announced, lastRun, running } = given;
  const figures = {
    running,
    announced: announced.length,
    last_run_readings: lastRun?.readings ?? null,
    last_run_bytes: lastRun?.bytes ?? null,
  };
  if (unreadable)
    return {
      state: "broken",
      why: "The retention rules in app.db cannot be read, so nothing is deleted.",
      fix: "Set the rules anew, in the panel under Storage.",
      figures,
    };
  if (!time.trusted)
    return { state: time.asOf === null ? "starting" : "degraded", why: time.why, fix: time.fix, figures };
  if (lastRun?.state === "failed")
    return {
      state: "degraded",
      why: `The last run did not finish: ${lastRun.why ?? "unknown"}.`,
      fix: "What went is gone as announced; the rest goes with the next run. Check the disk if this happens again.",
      figures,
    };
  const [first] = announced;
  if (!first) return { state: "ok", figures };
  const bytes = announced.reduce((sum, one) => sum + one.bytes, 0);
  return {
    state: "ok",
    why: `The budget will be reached: from ${day(first.due)} the oldest ${KIND_WORDS[first.what]}, of before ${day(first.before)}, go (${Math.ceil(bytes / 1e6)} MB in all within 30 days).`,
    fix: "To keep them, raise the budget, keep less of what fills it, or export them before.",
    figures,
  };
}

const KIND_WORDS = { readings: "readings", events: "events", rollups: "roll-ups" } as const;

const day = (time: number): string => microsToRfc3339(time).slice(0, 10);
