import type { Worker } from "node:worker_threads";
import type { Clock } from "../../../platform/time/clock.ts";
import { startWorker } from "../../../platform/worker.ts";
import type { JobResult, Maintainer, MaintenanceJob } from "./job.ts";
import type { JobAnswer } from "./worker.ts";

/** A worker with nothing to do is ended after so long: what it holds is given back. */
const IDLE_MS = 2_000;

type Waiting = { resolve(result: JobResult<MaintenanceJob>): void; reject(error: unknown): void };

/** One worker thread, started when there is something to do and ended when there is not. */
export function createWorkerMaintainer({ clock }: { clock: Clock }): Maintainer {
  let worker: Worker | undefined;
  let waiting: Waiting[] = [];
  let cancelEnd = () => {};

  const start = (): Worker => {
    // Most of what a replay makes dies at once: a small young generation keeps the process small.
    const started = startWorker("store/embedded/maintenance/worker", {
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    // Unfinished work holds up nobody's exit: the next start does it.
    started.unref();
    started.on("message", (answer: JobAnswer) => {
      if (worker !== started) return;
      const own = waiting.shift();
      if ("result" in answer) own?.resolve(answer.result);
      else own?.reject(new Error(answer.error));
      if (waiting.length === 0) cancelEnd = clock.after(IDLE_MS, () => void end());
    });
    const dead = (error: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      const left = waiting;
      waiting = [];
      for (const { reject } of left) reject(error);
    };
    started.on("error", dead);
    started.on("exit", () => dead(new Error("the maintenance worker ended")));
    return started;
  };
  const end = async () => {
    const ending = worker;
    const left = waiting;
    worker = undefined;
    waiting = [];
    for (const { reject } of left) reject(new Error("the maintenance worker was stopped"));
    await ending?.terminate();
  };

  return {
    run: <J extends MaintenanceJob>(job: J) => {
      cancelEnd();
      worker ??= start();
      const own = worker;
      return new Promise<JobResult<J>>((resolve, reject) => {
        waiting.push({ resolve: resolve as Waiting["resolve"], reject });
        own.postMessage(job);
      });
    },
    close: async () => {
      cancelEnd();
      await end();
    },
  };
}
