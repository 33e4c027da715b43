import type { Job } from "../../domain/job.ts";
import type { PartState } from "../../domain/status.ts";

/** The import as a part of the hub's status: it troubles somebody only where it failed. */
export function importPart({ state, why, fix, outcome, progress }: Job): {
  readonly state: PartState;
  readonly why?: string;
  readonly fix?: string;
  readonly figures: Job["outcome"];
} {
  const figures = { ...outcome, parts_done: progress.done, parts: progress.total };
  const reason = { ...(why === undefined ? {} : { why }), ...(fix === undefined ? {} : { fix }) };
  if (state === "failed") return { state: "degraded", ...reason, figures };
  if (state === "cancelled") return { state: "off", ...reason, figures };
  if (state === "done") return { state: "ok", figures };
  // Recording is whole meanwhile: nobody needs to look.
  return { state: "ok", why: "What Home Assistant has recorded is being imported.", ...reason, figures };
}
