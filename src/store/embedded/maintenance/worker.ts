import { parentPort } from "node:worker_threads";
import { describeError } from "../../../domain/failure.ts";
import { buildIndex, type IndexBuilt, type IndexJob } from "./build-index.ts";

/** Entry of the maintenance worker: one job in, one answer out. */
export type IndexAnswer = { readonly built: IndexBuilt } | { readonly error: string };

parentPort?.on("message", (job: IndexJob) => {
  let answer: IndexAnswer;
  try {
    answer = { built: buildIndex(job) };
  } catch (error) {
    answer = { error: describeError(error) };
  }
  parentPort?.postMessage(answer);
});
