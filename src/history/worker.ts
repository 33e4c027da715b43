import { parentPort } from "node:worker_threads";
import { describeError, Failure } from "../domain/failure.ts";
import { openView } from "../store/open.ts";
import type { ViewReader } from "../store/store.ts";
import { encodeEvent, encodeEvents } from "./encode/events.ts";
import { encodePoints } from "./encode/points.ts";
import { encodeHolds, encodeReplay } from "./encode/replay.ts";
import type { FromWorker, Plan, ToWorker } from "./jobs/plan.ts";
import { encodeTrace } from "./trace/trace.ts";

/** Reads and encodes in a thread of its own, so that no answer, however long, holds up what is coming in. */

/** Chunks under way to a reader that has not taken them yet. */
const MOST_UNTAKEN = 4;

type Job = { cancelled: boolean; untaken: number; resume: () => void };
const jobs = new Map<number, Job>();
const port = parentPort;
if (!port) throw new Error("history/worker is started by createHistory, as a worker thread");

const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

port.on("message", (message: ToWorker) => {
  if (message.kind === "start") return void run(message);
  const job = jobs.get(message.job);
  if (!job) return;
  if (message.kind === "more") job.untaken--;
  else job.cancelled = true;
  job.resume();
});

async function run({ job: id, view, plan }: Extract<ToWorker, { kind: "start" }>): Promise<void> {
  const job: Job = { cancelled: false, untaken: 0, resume: () => {} };
  jobs.set(id, job);
  let reader: ViewReader | undefined;
  let failure: { code: string; message: string } | undefined;
  try {
    reader = openView(view);
    for await (const bytes of encode(reader, plan)) {
      if (bytes.length === 0) {
        // Messages come between turns of the event loop alone.
        await new Promise((resolve) => setImmediate(resolve));
        if (job.cancelled) break;
        continue;
      }
      while (job.untaken >= MOST_UNTAKEN && !job.cancelled)
        await new Promise<void>((resolve) => {
          job.resume = resolve;
        });
      if (job.cancelled) break;
      job.untaken++;
      say({ kind: "chunk", job: id, bytes }, [bytes.buffer]);
    }
  } catch (error) {
    failure = { code: error instanceof Failure ? error.code : "internal", message: describeError(error) };
  }
  const damages = [...(reader?.damages ?? [])];
  await reader?.close().catch(() => {});
  jobs.delete(id);
  say(failure ? { kind: "failed", job: id, damages, ...failure } : { kind: "end", job: id, damages });
}

function encode(reader: ViewReader, plan: Plan): AsyncIterable<Uint8Array<ArrayBuffer>> {
  switch (plan.kind) {
    case "points":
      return encodePoints(reader, plan);
    case "events":
      return encodeEvents(reader, plan);
    case "event":
      return encodeEvent(reader, plan);
    case "holds":
      return encodeHolds(reader, plan);
    case "replay":
      return encodeReplay(reader, plan);
    case "trace":
      return encodeTrace(reader, plan);
  }
}
