import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openView } from "../../open.ts";
import type { ReadingsQuery, View } from "../../store.ts";
import { collect } from "./samples.ts";

/** Answers a query in a thread of its own, and what the system says that it read for it. */
export type ReadAnswer = {
  readonly states: readonly (string | null)[];
  readonly bytesRead: { readonly records: number; readonly indexes: number };
  readonly systemBytes: number;
  readonly damages: number;
};

/** Bytes that this thread has asked the system for. */
const systemBytes = (): number => Number(/rchar: (\d+)/.exec(readFileSync("/proc/thread-self/io", "utf8"))?.[1]);

const { view, query } = workerData as { view: View; query: ReadingsQuery };
// Once before, so that what loading code and reading the figure itself cost is known.
systemBytes();
const before = systemBytes();
const figure = systemBytes() - before;
const start = systemBytes();
const reader = openView(view);
const rows = await collect(reader.readings(query));
const read = systemBytes() - start - figure;
await reader.close();
const answer: ReadAnswer = {
  states: rows.map(({ state }) => state),
  bytesRead: reader.bytesRead,
  systemBytes: read,
  damages: reader.damages.length,
};
parentPort?.postMessage(answer);
