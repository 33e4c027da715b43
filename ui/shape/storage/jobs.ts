import type { Job } from "../../api-storage-types.ts";

/** What the live stream tells are those that changed. */
export function mergeJobs(before: readonly Job[], told: readonly Job[]): readonly Job[] {
  const byId = new Map(before.map((job) => [job.id, job]));
  for (const job of told) byId.set(job.id, job);
  return [...byId.values()];
}

/** What is under way or failed and can be taken up again; of one kind the newest alone. */
export function toTell(jobs: readonly Job[]): readonly Job[] {
  const newest = new Map<string, Job>();
  for (const job of [...jobs].sort((a, b) => (a.created < b.created ? -1 : 1))) newest.set(job.kind, job);
  return [...newest.values()].filter(
    ({ state, actions }) =>
      state === "running" || state === "waiting" || (state === "failed" && actions.includes("resume")),
  );
}
