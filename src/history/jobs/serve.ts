import type { MessagePort } from "node:worker_threads";
import { describeError, Failure } from "../../domain/failure.ts";
import { type Clock, systemClock } from "../../platform/time/clock.ts";
import { openView } from "../../store/open.ts";
import type { ViewReader } from "../../store/store.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** Chunks under way to a reader that has not taken them yet. */
const MOST_UNTAKEN = 4;
/** So long a job may work before others get their turn: one costs some 50 µs, a page of a question mostly less. */
const TURN_MS = 2;

type Job = { cancelled: boolean; untaken: number; resume: () => void };

/**
 * The worker's side of createJobs: reads views and sends what `encode` makes of them, no faster than it is taken.
 *
 * @param encode an empty piece is a breath: other jobs get their turn, and a job that nobody wants any more ends
 */
export function serveJobs<Plan>(
  port: MessagePort,
  encode: (reader: ViewReader, plan: Plan) => AsyncIterable<Uint8Array<ArrayBuffer>>,
  clock: Pick<Clock, "ticks"> = systemClock,
): void {
  let turned = clock.ticks();
  const jobs = new Map<number, Job>();
  const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

  port.on("message", (message: ToWorker<Plan>) => {
    turned = clock.ticks();
    if (message.kind === "start") return void run(message);
    const job = jobs.get(message.job);
    if (!job) return;
    if (message.kind === "more") job.untaken--;
    else job.cancelled = true;
    job.resume();
  });

  async function run({ job: id, view, plan }: Extract<ToWorker<Plan>, { kind: "start" }>): Promise<void> {
    const job: Job = { cancelled: false, untaken: 0, resume: () => {} };
    jobs.set(id, job);
    let reader: ViewReader | undefined;
    let failure: { code: string; message: string } | undefined;
    try {
      reader = openView(view);
      for await (const bytes of encode(reader, plan)) {
        if (bytes.length === 0) {
          if (clock.ticks() - turned < TURN_MS) continue;
          // Messages come between turns of the event loop alone.
          await new Promise((resolve) => setImmediate(resolve));
          turned = clock.ticks();
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
}
