import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts the worker whose entry is `entry` (such as `history/worker`), from TypeScript source in development and from
 * the bundle's `workers/history-worker.js` beside `main.js` in the image (scripts/build.ts lays it out so).
 */
export function startWorker(entry: string, options: WorkerOptions = {}): Worker {
  const here = import.meta.url;
  const source = here.endsWith("/platform/worker.ts");
  const url = source ? new URL(`../${entry}.ts`, here) : new URL(`./workers/${entry.replaceAll("/", "-")}.js`, here);
  return new Worker(url, { name: entry, ...options });
}
