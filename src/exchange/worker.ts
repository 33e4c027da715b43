import { parentPort } from "node:worker_threads";
import { serveJobs } from "../history/jobs/serve.ts";
import { giveWay } from "../platform/give-way.ts";
import { encodeExport } from "./encode/export.ts";

giveWay("upkeep");

/** Exports are made in a thread of their own: none holds up a question about the past. */

if (!parentPort) throw new Error("exchange/worker is started by createExchange, as a worker thread");
serveJobs(parentPort, encodeExport);
