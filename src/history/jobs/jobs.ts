import type { Worker } from "node:worker_threads";
import { describeError, type Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Damage, Narrow, View } from "../../store/store.ts";
import { type Answer, createAnswer, unavailable } from "./answer.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export type Views = {
  view(narrow: Narrow): View;
  release(view: View): void;
  noteDamages(found: readonly Damage[]): void;
};

/** Runs plans in the worker. A worker that dies fails the answers under way and is started anew for the next. */
export type Jobs<Plan> = {
  run(plan: Plan, narrow: Narrow, signal?: AbortSignal): Promise<Answer>;
  readonly running: number;
  close(): Promise<void>;
};

type Job = {
  chunk(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
  fail(error: Failure): void;
};

export function createJobs<Plan>(needs: {
  views: Views;
  startWorker: () => Worker;
  clock: Clock;
  log: Log;
  /** A client that takes nothing for so long has gone. */
  stalledMs?: number;
  /** The worker starts with the first job, and ends after so long without one; absent: it is always there. */
  restMs?: number;
}): Jobs<Plan> {
  const { views, startWorker, clock, log, stalledMs, restMs } = needs;
  const jobs = new Map<number, Job>();
  let worker: Worker | undefined;
  let count = 0;
  let closed = false;
  let cancelRest = () => {};

  const start = (): Worker => {
    const started = startWorker();
    // Held only while it has work, so that it does not keep a process alive that has nothing else to do.
    started.unref();
    started.on("message", (message: FromWorker) => {
      if (message.kind !== "chunk" && message.damages.length > 0) views.noteDamages(message.damages);
      const job = jobs.get(message.job);
      if (message.kind === "chunk") job?.chunk(message.bytes);
      else if (message.kind === "end") job?.end();
      else {
        log.error("A range could not be read", { code: message.code, why: message.message });
        job?.fail(unavailable("The range could not be read"));
      }
    });
    const dead = (error: unknown) => {
      if (worker === started) worker = undefined;
      if (!closed) log.error("A reading worker ended; the next question starts it anew", { why: describeError(error) });
      for (const job of [...jobs.values()]) job.fail(unavailable("The range could not be read to its end"));
    };
    started.on("error", dead);
    started.on("exit", (code) => {
      if (worker === started) dead(`exit code ${code}`);
    });
    return started;
  };
  const post = (message: ToWorker<Plan>) => worker?.postMessage(message);
  if (restMs === undefined) worker = start();
  const rest = () => {
    worker?.unref();
    if (restMs === undefined) return;
    cancelRest = clock.after(restMs, () => {
      const resting = worker;
      worker = undefined;
      void resting?.terminate();
    });
  };

  const run: Jobs<Plan>["run"] = (plan, narrow, signal) => {
    if (closed) return Promise.reject(unavailable("The hub is stopping"));
    if (signal?.aborted) return Promise.reject(unavailable("The client has gone away"));
    cancelRest();
    worker ??= start();
    const id = ++count;
    const view = views.view(narrow);
    return new Promise<Answer>((resolve, reject) => {
      const answer = createAnswer({
        clock,
        resolve,
        reject,
        taken: () => post({ kind: "more", job: id }),
        cancel: () => post({ kind: "cancel", job: id }),
        signal,
        stalledMs,
      });
      const finish = () => {
        jobs.delete(id);
        views.release(view);
        if (jobs.size === 0) rest();
      };
      jobs.set(id, {
        chunk: answer.chunk,
        end: () => {
          finish();
          answer.end();
        },
        fail: (error) => {
          finish();
          answer.fail(error);
        },
      });
      worker?.ref();
      post({ kind: "start", job: id, view, plan });
    });
  };

  return {
    run,
    get running() {
      return jobs.size;
    },
    close: async () => {
      closed = true;
      cancelRest();
      const ending = worker;
      worker = undefined;
      await ending?.terminate();
      for (const job of [...jobs.values()]) job.fail(unavailable("The hub is stopping"));
    },
  };
}
