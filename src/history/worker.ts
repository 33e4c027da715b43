import { parentPort } from "node:worker_threads";
import { giveWay } from "../platform/give-way.ts";
import type { ViewReader } from "../store/store.ts";
import { encodeEvent, encodeEvents } from "./encode/events.ts";
import { encodePoints } from "./encode/points.ts";
import { encodeHolds, encodeReplay } from "./encode/replay.ts";
import { encodeScore } from "./forecasts/score.ts";
import type { Plan } from "./jobs/plan.ts";
import { serveJobs } from "./jobs/serve.ts";
import { encodeAt } from "./range/at.ts";
import { encodeStatistics } from "./statistics/encode.ts";
import { encodeTrace } from "./trace/trace.ts";

giveWay("answers");

/** Reads and encodes in a thread of its own, so that no answer, however long, holds up what is coming in. */

if (!parentPort) throw new Error("history/worker is started by createHistory, as a worker thread");
serveJobs(parentPort, encode);

function encode(reader: ViewReader, plan: Plan): AsyncIterable<Uint8Array<ArrayBuffer>> {
  switch (plan.kind) {
    case "points":
      return encodePoints(reader, plan);
    case "at":
      return encodeAt(reader, plan);
    case "statistics":
      return encodeStatistics(reader, plan);
    case "events":
      return encodeEvents(reader, plan);
    case "event":
      return encodeEvent(reader, plan);
    case "holds":
      return encodeHolds(reader, plan);
    case "replay":
      return encodeReplay(reader, plan);
    case "score":
      return encodeScore(reader, plan);
    case "trace":
      return encodeTrace(reader, plan);
  }
}
