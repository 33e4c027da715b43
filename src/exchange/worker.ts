import { parentPort } from "node:worker_threads";
import { serveJobs } from "../history/jobs/serve.ts";
import { encodeExport } from "./encode/export.ts";

/** Exports are made in a thread of their own: none holds up a question about the past. */

if (!parentPort) throw new Error("exchange/worker is started by createExchange, as a worker thread");
serveJobs(parentPort, encodeExport);
