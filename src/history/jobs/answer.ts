import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";

/** JSON as bytes: all at once where it is short, else a stream that is made as fast as it is taken. */
export type Answer = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

/** Takes the worker's chunks on one side and gives them to the client on the other, no faster than it takes them. */
export type GrowingAnswer = {
  chunk(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
  fail(error: Failure): void;
};

/** A client that takes nothing for so long is gone, though nobody said so; its view would hold on to files. */
const STALLED_MS = 60_000;

export const unavailable = (message: string, cause?: unknown): Failure =>
  new Failure("store_unavailable", message, { retry: true, cause, fix: "Ask again; the hub's status says more." });

export function createAnswer(needs: {
  clock: Clock;
  resolve: (answer: Answer) => void;
  reject: (error: Failure) => void;
  /** A chunk has been given to the client. */
  taken: () => void;
  /** Nobody wants the rest. */
  cancel: () => void;
  signal: AbortSignal | undefined;
  stalledMs?: number | undefined;
}): GrowingAnswer {
  const { clock, resolve, reject, taken, cancel, signal, stalledMs = STALLED_MS } = needs;
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  /** The client wants a chunk and none has come yet. */
  let wanted = false;
  /** The worker has sent everything. */
  let complete = false;
  /** Nothing more may be given to the client: all was, or it has gone, or it failed. */
  let over = false;
  let cancelStall = () => {};

  const finish = () => {
    over = true;
    waiting.length = 0;
    cancelStall();
    signal?.removeEventListener("abort", clientLeft);
  };
  const abandon = (why: Failure) => {
    if (over) return;
    finish();
    if (!complete) cancel();
    if (controller) controller.error(why);
    else reject(why);
  };
  const clientLeft = () => abandon(unavailable("The client has gone away"));
  const watchStall = () => {
    cancelStall();
    cancelStall = clock.after(stalledMs, () =>
      wanted ? watchStall() : abandon(unavailable("The answer was not taken")),
    );
  };
  const give = () => {
    if (over || !wanted) return;
    const next = waiting.shift();
    if (next) {
      wanted = false;
      controller?.enqueue(next);
      taken();
      watchStall();
    } else if (complete) {
      finish();
      controller?.close();
    }
  };
  const stream = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (given) => {
        controller = given;
      },
      pull: () => {
        wanted = true;
        give();
      },
      cancel: () => {
        if (over) return;
        finish();
        if (!complete) cancel();
      },
    });

  if (signal?.aborted) clientLeft();
  else signal?.addEventListener("abort", clientLeft);
  return {
    chunk: (bytes) => {
      if (over) return;
      waiting.push(bytes);
      // The first waits for what follows it: an answer of one chunk needs no stream.
      if (!controller && waiting.length > 1) resolve(stream());
      else give();
    },
    end: () => {
      complete = true;
      if (over) return;
      if (controller) return give();
      const only = waiting.shift();
      finish();
      resolve(only ?? new Uint8Array());
    },
    fail: (error) => {
      complete = true;
      abandon(error);
    },
  };
}
