import type { Worker } from "node:worker_threads";
import { Failure } from "../../domain/failure.ts";
import type { FromWorker, JobKind, Jobs, ToWorker } from "./job.ts";

export type OnStep = (phase: string, done: number, total: number) => void;

/** Runs jobs, each in a worker thread that ends with it: a share that hangs holds up nothing else. */
export type Runner = {
  run<kind extends JobKind>(kind: kind, job: Jobs[kind]["job"], onStep?: OnStep): Promise<Jobs[kind]["answer"]>;
  /** Breaks off what is under way; what it leaves behind is cleared up by the next start. */
  close(): Promise<void>;
};

export function createRunner({ startWorker }: { startWorker: () => Worker }): Runner {
  const running = new Set<Worker>();
  let closed = false;
  return {
    run: (kind, job, onStep = () => {}) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(brokenOff());
        const worker = startWorker();
        running.add(worker);
        const end = (settle: () => void) => {
          worker.removeAllListeners();
          running.delete(worker);
          void worker.terminate().then(settle, settle);
        };
        worker.on("message", (message: FromWorker) => {
          if (message.kind === "progress") onStep(message.phase, message.done, message.total);
          else if (message.kind === "answer") end(() => resolve(message.answer as Jobs[typeof kind]["answer"]));
          else end(() => reject(new Failure(message.code, message.message, message.fix ? { fix: message.fix } : {})));
        });
        worker.on("error", (error) => end(() => reject(error)));
        worker.on("exit", () => end(() => reject(brokenOff())));
        worker.postMessage({ kind, ...job } as ToWorker);
      }),
    close: async () => {
      closed = true;
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}

const brokenOff = () => new Failure("backup_broken_off", "The hub is being closed", { retry: true });
