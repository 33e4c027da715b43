import type { Worker } from "node:worker_threads";
import { startWorker } from "../../../platform/worker.ts";
import type { IndexBuilt } from "./build-index.ts";
import type { IndexBuilder } from "./indexer.ts";
import type { IndexAnswer } from "./worker.ts";

/** One worker thread, started when there is something to do and ended when there is not. */
export function createWorkerBuilder(): IndexBuilder {
  let worker: Worker | undefined;
  return {
    build: (job) => {
      // Most of what a replay makes dies at once: a small young generation keeps the process small.
      worker ??= startWorker("store/embedded/maintenance/worker", { resourceLimits: { maxYoungGenerationSizeMb: 8 } });
      const own = worker;
      // An unfinished index holds up nobody's exit: the next start makes it.
      own.unref();
      return new Promise<IndexBuilt>((resolve, reject) => {
        const done = () => {
          own.off("message", answered).off("error", failed).off("exit", left);
        };
        const answered = (answer: IndexAnswer) => {
          done();
          if ("built" in answer) resolve(answer.built);
          else reject(new Error(answer.error));
        };
        const failed = (error: unknown) => {
          done();
          if (worker === own) worker = undefined;
          reject(error);
        };
        const left = () => failed(new Error("the maintenance worker ended"));
        own.on("message", answered).on("error", failed).on("exit", left);
        own.postMessage(job);
      });
    },
    rest: async () => {
      const own = worker;
      worker = undefined;
      await own?.terminate();
    },
  };
}
