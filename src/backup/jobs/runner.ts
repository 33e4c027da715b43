import type { Worker } from "node:worker_threads";
import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { FromWorker, JobKind, Jobs, Stop, ToWorker } from "./job.ts";

export type OnStep = (phase: string, done: number, total: number) => void;

export type How = {
  readonly onStep?: OnStep;
  /** Aborted: the work ends where it next tells how far it is, and clears up after itself. */
  readonly signal?: AbortSignal;
};

/** Runs jobs in worker threads: one for those that follow each other, more where one hangs on a share. */
export type Runner = {
  run<kind extends JobKind>(kind: kind, job: Jobs[kind]["job"], how?: How): Promise<Jobs[kind]["answer"]>;
  /** Breaks off what is under way; what it leaves behind is cleared up by the next start. */
  close(): Promise<void>;
};

/** A worker with nothing to do is ended after so long: what it holds is given back. */
const IDLE_MS = 5_000;
/** What was cancelled and has not ended by then hangs on a disk. */
const LONGEST_STOP_MS = 10_000;

export function createRunner({ startWorker, clock }: { startWorker: () => Worker; clock: Clock }): Runner {
  const workers = new Set<Worker>();
  const idle = new Map<Worker, () => void>();
  let closed = false;

  const end = (worker: Worker): Promise<unknown> => {
    idle.get(worker)?.();
    idle.delete(worker);
    workers.delete(worker);
    return worker.terminate();
  };
  const take = (): Worker => {
    const [free] = idle.keys();
    if (!free) {
      const started = startWorker();
      workers.add(started);
      return started;
    }
    idle.get(free)?.();
    idle.delete(free);
    return free;
  };
  const giveBack = (worker: Worker) => {
    // One is enough to wait.
    if (closed || idle.size > 0) return void end(worker);
    worker.unref();
    idle.set(
      worker,
      clock.after(IDLE_MS, () => void end(worker)),
    );
  };

  return {
    run: (kind, job, { onStep = () => {}, signal } = {}) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(brokenOff());
        const worker = take();
        worker.ref();
        const stop: Stop = new Int32Array(new SharedArrayBuffer(4));
        let cancelEnd = () => {};
        const cancel = () => {
          Atomics.store(stop, 0, 1);
          cancelEnd = clock.after(LONGEST_STOP_MS, () => void end(worker));
        };
        const quiet = () => {
          signal?.removeEventListener("abort", cancel);
          cancelEnd();
          worker.off("message", told).off("error", failed).off("exit", left);
        };
        const told = (message: FromWorker) => {
          if (message.kind === "progress") return onStep(message.phase, message.done, message.total);
          quiet();
          giveBack(worker);
          if (message.kind === "answer") resolve(message.answer as Jobs[typeof kind]["answer"]);
          else reject(new Failure(message.code, message.message, message.fix ? { fix: message.fix } : {}));
        };
        const failed = (error: unknown) => {
          quiet();
          void end(worker);
          reject(error);
        };
        const left = () => failed(brokenOff());
        worker.on("message", told).on("error", failed).on("exit", left);
        if (signal?.aborted) cancel();
        else signal?.addEventListener("abort", cancel, { once: true });
        worker.postMessage({ kind, stop, ...job } as ToWorker);
      }),
    close: async () => {
      closed = true;
      await Promise.all([...workers].map(end));
    },
  };
}

const brokenOff = () => new Failure("backup_broken_off", "The hub is being closed", { retry: true });
