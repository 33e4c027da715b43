import type { Worker } from "node:worker_threads";
import type { SeriesId } from "../../domain/data/reading.ts";
import { describeError, Failure } from "../../domain/failure.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Damage, RollupUsage, Store, Usage, View } from "../../store/store.ts";
import type { Partial } from "./counts.ts";

export type Ask =
  | { readonly kind: "usage" }
  | { readonly kind: "horizons"; readonly cutoffs: readonly (readonly [SeriesId, Micros])[] }
  | { readonly kind: "rollups"; readonly cutoffs: readonly (readonly [SeriesId, Micros])[] }
  | { readonly kind: "count"; readonly partials: readonly Partial[]; readonly eventsBefore: Micros | null };

export type Question = { readonly id: number; readonly view: View; readonly ask: Ask };

export type Counts = { readonly readings: readonly (readonly [SeriesId, number])[]; readonly events: number };

export type Answer = { readonly id: number; readonly damages: readonly Damage[] } & (
  | { readonly held: Held }
  | { readonly rollups: ReadonlyMap<SeriesId, number> }
  | { readonly counts: Counts }
  | { readonly horizons: ReadonlyMap<SeriesId, Micros> }
  | { readonly failed: string }
);

export type Held = { readonly readings: readonly Usage[]; readonly rollups: readonly RollupUsage[] };

/** What the store holds of whom, counted in a worker that is there only while somebody asks. */
export type Counting = {
  usage(): Promise<Held>;
  /** From where on readings stay: from the last one at or before the cut-off. */
  horizons(cutoffs: readonly (readonly [SeriesId, Micros])[]): Promise<ReadonlyMap<SeriesId, Micros>>;
  /** How many roll-ups of each series end before its cut-off. */
  rollups(cutoffs: readonly (readonly [SeriesId, Micros])[]): Promise<ReadonlyMap<SeriesId, number>>;
  count(partials: readonly Partial[], eventsBefore: Micros | null): Promise<Counts>;
  close(): Promise<void>;
};

/** A worker that nobody asks anything ends after so long. */
const IDLE_MS = 60_000;

export function createCounting(needs: {
  store: Pick<Store, "view" | "release" | "noteDamages">;
  startWorker: () => Worker;
  clock: { after(ms: number, run: () => void): () => void };
}): Counting {
  const { store, clock } = needs;
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Failure): void }>();
  let worker: Worker | undefined;
  let cancelIdle = () => {};
  /** The next worker waits for the end of the one before: there is never more than one. */
  let ending: Promise<unknown> = Promise.resolve();
  let asked = 0;
  let closed = false;

  const fail = (why: string) => {
    const failure = new Failure("store_unavailable", `What the store holds could not be counted: ${why}`, {
      retry: true,
      fix: "Ask again; the hub's status says more.",
    });
    for (const { reject } of [...waiting.values()]) reject(failure);
  };
  const start = (): Worker => {
    const started = needs.startWorker();
    started.unref();
    started.on("message", (answer: Answer) => {
      if (answer.damages.length > 0) store.noteDamages(answer.damages);
      waiting.get(answer.id)?.resolve(answer);
    });
    const ended = (error: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      fail(describeError(error));
    };
    started.on("error", ended);
    started.on("exit", (code) => ended(`the worker ended with ${code}`));
    return started;
  };
  const endIdle = () => {
    const idle = worker;
    worker = undefined;
    ending = idle?.terminate() ?? ending;
  };

  const ask = async (what: Ask): Promise<Answer> => {
    await ending;
    cancelIdle();
    if (closed) throw new Failure("store_unavailable", "The hub is stopping", { retry: true });
    worker ??= start();
    worker.ref();
    const id = ++asked;
    const view = store.view({ log: false });
    try {
      return await new Promise<Answer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker?.postMessage({ id, view, ask: what } satisfies Question);
      });
    } finally {
      waiting.delete(id);
      store.release(view);
      if (waiting.size === 0) {
        worker?.unref();
        cancelIdle = clock.after(IDLE_MS, endIdle);
      }
    }
  };
  const failed = (answer: Answer): Failure =>
    new Failure(
      "store_unavailable",
      `What the store holds could not be counted: ${"failed" in answer ? answer.failed : ""}`,
      {
        retry: true,
        fix: "Ask again; the hub's status says more.",
      },
    );

  return {
    usage: async () => {
      const answer = await ask({ kind: "usage" });
      if ("held" in answer) return answer.held;
      throw failed(answer);
    },
    horizons: async (cutoffs) => {
      if (cutoffs.length === 0) return new Map();
      const answer = await ask({ kind: "horizons", cutoffs });
      if ("horizons" in answer) return answer.horizons;
      throw failed(answer);
    },
    rollups: async (cutoffs) => {
      if (cutoffs.length === 0) return new Map();
      const answer = await ask({ kind: "rollups", cutoffs });
      if ("rollups" in answer) return answer.rollups;
      throw failed(answer);
    },
    count: async (partials, eventsBefore) => {
      if (partials.length === 0 && eventsBefore === null) return { readings: [], events: 0 };
      const answer = await ask({ kind: "count", partials, eventsBefore });
      if ("counts" in answer) return answer.counts;
      throw failed(answer);
    },
    close: async () => {
      closed = true;
      cancelIdle();
      const ending = worker;
      worker = undefined;
      await ending?.terminate();
      fail("The hub is stopping");
    },
  };
}
