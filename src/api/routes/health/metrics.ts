import { Hono } from "hono";
import { PART_STATES } from "../../../domain/status.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { History } from "../../../history/history.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { Meter } from "../../limits/meter.ts";
import type { LiveStreams } from "../../live/streams.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Facts, Figures, Parts } from "../../ports/ports.ts";
import { commonHeaders } from "../../shapes/answers.ts";
import { EXPOSITION, exposition, type Metric, type Sample } from "./exposition.ts";

const METRICS: RouteDescription = {
  id: "get_metrics",
  tag: "Health",
  summary: "The hub's figures for Prometheus",
  query: NO_PARAMETERS,
  answer: { media: "text/plain", description: "Text format 0.0.4." },
};

type Needs = { facts: Facts; parts: Parts; figures: Figures; meter: Meter; streams: LiveStreams; history: History };

export const metricsRoutes = (needs: Needs & { auth: Auth }) =>
  new Hono<ApiEnv>().get("/metrics", needs.auth.needs("read", METRICS), (c) => {
    readQuery(c, NO_PARAMETERS);
    c.set("headersComplete", true);
    const headers = { "content-type": EXPOSITION, "cache-control": "no-store", ...commonHeaders(c) };
    return c.body(exposition(metricsOf(needs)), 200, headers);
  });

const seconds = (time: Micros | null): Sample[] => (time === null ? [] : [{ value: time / 1_000_000 }]);

function metricsOf({ facts, parts, figures, meter, streams, history }: Needs): Metric[] {
  const { totals, changesPerSecond, eventsPerSecond, recordedSince, lastChange } = figures();
  const usage = meter.list();
  const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
    name: `ha_ingestor_${name}`,
    type: "gauge",
    help,
    samples,
  });
  /** By kind alone: who the callers are is for administrators (api/v1/usage). */
  const perKind = (name: string, help: string, of: (row: (typeof usage)[number]) => number): Metric => ({
    name: `ha_ingestor_caller_${name}_total`,
    type: "counter",
    help,
    samples: [...Map.groupBy(usage, ({ kind }) => kind)].map(([kind, rows]) => ({
      value: rows.reduce((sum, row) => sum + of(row), 0),
      labels: { kind },
    })),
  });
  const cpu = process.cpuUsage();
  return [
    gauge("build_info", "The hub's version and the engine of its store.", [
      { value: 1, labels: { version: facts.version, store_engine: facts.storeEngine } },
    ]),
    gauge(
      "part_state",
      "1 for the state that a part is in.",
      parts().flatMap(({ part, state }) =>
        PART_STATES.map((one) => ({ value: one === state ? 1 : 0, labels: { part, state: one } })),
      ),
    ),
    gauge(
      "part_figure",
      "What a part says of itself, by name, as in api/v1/status.",
      parts().flatMap(({ part, figures: own = {} }) =>
        Object.entries(own).flatMap(([figure, value]) =>
          typeof value === "number" ? [{ value, labels: { part, figure } }] : [],
        ),
      ),
    ),
    gauge("store_changes", "State changes in the store.", [{ value: totals.changes }]),
    gauge("store_events", "Events in the store.", [{ value: totals.events }]),
    gauge("store_gaps", "Known holes in the store.", [{ value: totals.gaps }]),
    gauge("store_series", "Series in the store.", [{ value: totals.series }]),
    gauge("store_size_bytes", "What the store takes on the disk.", [{ value: totals.bytes }]),
    gauge("changes_per_second", "Changes recorded a second, over the last ten.", [{ value: changesPerSecond }]),
    gauge("events_per_second", "Events recorded a second, over the last ten.", [{ value: eventsPerSecond }]),
    gauge("recorded_since_timestamp_seconds", "The time of the oldest reading or event.", seconds(recordedSince)),
    gauge("last_change_timestamp_seconds", "The time of the newest reading or event.", seconds(lastChange)),
    gauge("live_streams", "Live streams that are open.", [{ value: streams.count }]),
    gauge("history_reads", "Reads from disk under way.", [{ value: history.running }]),
    perKind("requests", "Requests by kind of caller.", ({ requests }) => requests),
    perKind("refused_requests", "Requests refused for want of scope or past a limit.", ({ refused }) => refused),
    perKind("sent_bytes", "Bytes written to callers' connections.", ({ bytesOut }) => bytesOut),
    {
      name: "process_start_time_seconds",
      type: "gauge",
      help: "When the hub was started.",
      samples: seconds(facts.started),
    },
    {
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Memory that the hub holds.",
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "Processor time that the hub has used.",
      samples: [{ value: (cpu.user + cpu.system) / 1_000_000 }],
    },
  ];
}
