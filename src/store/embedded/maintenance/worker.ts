import { parentPort } from "node:worker_threads";
import { describeError } from "../../../domain/failure.ts";
import { giveWay } from "../../../platform/give-way.ts";
import { type MaintenanceJob, runJob } from "./job.ts";

giveWay("upkeep");

/** Entry of the maintenance worker: one job in, one answer out, in order. */
export type JobAnswer = { readonly result: ReturnType<typeof runJob> } | { readonly error: string };

parentPort?.on("message", (job: MaintenanceJob) => {
  let answer: JobAnswer;
  try {
    answer = { result: runJob(job) };
  } catch (error) {
    answer = { error: describeError(error) };
  }
  parentPort?.postMessage(answer);
});
