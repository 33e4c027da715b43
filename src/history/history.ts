import type { Worker } from "node:worker_threads";
import type { Gap, Position, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import type { ThinnedSpan } from "../domain/home/thinning.ts";
import { isOutside } from "../domain/outside/names.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { Order } from "../store/store.ts";
import { badCursor, type PageStart, readCursor } from "./cursor.ts";
import type { Answer } from "./jobs/answer.ts";
import { createJobs, type Views } from "./jobs/jobs.ts";
import type { Plan, ReplayPlan, ScorePlan } from "./jobs/plan.ts";
import type { EventSearch } from "./range/search.ts";
import { gapShape, openHoleShape, thinnedShape } from "./shapes.ts";
import { type StatisticsRequest, statisticsStart } from "./statistics/request.ts";
import { knowledgeOf } from "./statistics/values/kinds.ts";
import { mergeWindows } from "./statistics/values/spans.ts";
import { windowAround } from "./trace/links.ts";

export type { Answer } from "./jobs/answer.ts";
export type { StatisticsRequest } from "./statistics/request.ts";

export type RangeRequest = {
  /** Absent sides are those of the cursor, else the last 24 hours. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly order?: Order | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
};

export type PointsRequest = RangeRequest & {
  readonly series: readonly { readonly id: SeriesId; readonly entityId: string }[];
  readonly attributes?: boolean | undefined;
  /** JSON of the notes that touch the window; absent: the answer has none. */
  readonly annotations?: ((window: Window) => string) | undefined;
  readonly times?: "rfc3339" | "us" | undefined;
  readonly form?: "points" | "columns" | undefined;
  /** Of each series at most so many points, chosen so that peaks and changes stay; a series comes in one piece. */
  readonly mostPoints?: number | undefined;
};

export type EventsRequest = RangeRequest & {
  readonly types?: readonly string[] | undefined;
  readonly search?: EventSearch | undefined;
};

export type AtRequest = {
  readonly series: readonly { readonly id: SeriesId; readonly entityId: string }[];
  readonly time: Micros;
  readonly attributes?: boolean | undefined;
};

/** What is asked of the store's past. Answers are JSON (shapes.ts), made in a worker. */
export type History = {
  points(request: PointsRequest, signal?: AbortSignal): Promise<Answer>;
  /** What series were at a moment. */
  at(request: AtRequest, signal?: AbortSignal): Promise<Answer>;
  /** What series amount to, bucket by bucket. @throws Failure `invalid_request` */
  statistics(request: StatisticsRequest, signal?: AbortSignal): Promise<Answer>;
  events(request: EventsRequest, signal?: AbortSignal): Promise<Answer>;
  /** undefined: there is no such event. */
  event(id: Position, signal?: AbortSignal): Promise<Answer | undefined>;
  /** What caused what around a context; undefined: it is not in the window. */
  trace(request: TraceRequest, signal?: AbortSignal): Promise<Answer | undefined>;
  /** How far forecasts were from what came. */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<Answer>;
  /** Whether anything stands at a position of the log. */
  holds(position: Position): Promise<boolean>;
  /** What came after a position until now, as server-sent events; the view is made in the same tick. */
  replay(request: ReplayRequest, signal?: AbortSignal): Promise<Answer>;
  readonly running: number;
  close(): Promise<void>;
};

export type ReplayRequest = Omit<ReplayPlan, "kind">;

export type ScoreRequest = Omit<ScorePlan, "kind" | "until">;

export type TraceRequest = {
  readonly context: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Steps from the asked context. */
  readonly depth?: number | undefined;
  /** Entries in the answer. */
  readonly limit?: number | undefined;
  readonly series: ReadonlyMap<SeriesId, string>;
};

export type HistoryNeeds = {
  readonly store: Views & {
    gaps(window: Window, series?: SeriesId): readonly Stored<Gap>[];
    latest(series: SeriesId): Stored<Reading> | undefined;
  };
  /** Times that are not heard, and not filled or given up yet: no gaps so far, and not known either. */
  readonly openHoles?: () => readonly { readonly from: Micros; readonly to: Micros | null }[];
  /** When the user's rules dropped readings of a series. */
  readonly thinned?: (series: SeriesId) => readonly ThinnedSpan[];
  readonly startWorker: () => Worker;
  readonly clock: Clock;
  readonly log: Log;
};

export const DAY = 86_400_000_000;
export const DEFAULT_LIMIT = 10_000;
export const MOST_LIMIT = 100_000;
export const DEFAULT_DEPTH = 10;
export const MOST_DEPTH = 100;
export const DEFAULT_TRACE = 1_000;
export const MOST_TRACE = 10_000;
/** A page ends after so many bytes even before its limit. */
const MOST_BYTES = 32 * 1024 * 1024;

export function createHistory(needs: HistoryNeeds): History {
  const { store, clock } = needs;
  const jobs = createJobs<Plan>({ ...needs, views: store });
  return {
    get running() {
      return jobs.running;
    },
    close: jobs.close,
    points: async (request, signal) => {
      const { series } = request;
      const start = startOf(request, clock);
      const at = start.at ?? { index: 0, series: series[0]?.id };
      if (request.cursor !== undefined && (!start.at || series[at.index]?.id !== at.series))
        throw badCursor("belongs to a question about other entities");
      const plan = {
        kind: "points" as const,
        ...commonOf(request, start),
        attributes: request.attributes ?? false,
        times: request.times ?? "rfc3339",
        form: request.form ?? "points",
        annotations: request.annotations?.(start.window),
        mostPoints: request.mostPoints,
        until: clock.now(),
        series: series.map((one, index) => described(one, start.window, index < at.index)),
        start: { index: at.index, after: start.after },
      };
      return jobs.run(plan, { series: series.map(({ id }) => id), events: false, log: false }, signal);
    },
    at: async ({ series, time, attributes = false }, signal) => {
      const moment = { from: time, to: time + 1 };
      const plan = {
        kind: "at" as const,
        time,
        attributes,
        series: series.map(({ id, entityId }) => {
          const open = openHoles(entityId).find(({ from, to }) => from <= time && time < to);
          const gap = store.gaps(moment, id).find(({ from, to }) => from <= time && time < to);
          const told = gap ? gapShape(gap, gap.series === null ? null : entityId) : open && openHoleShape(open);
          return { id, entityId, gap: told ? JSON.stringify(told) : null };
        }),
      };
      return jobs.run(plan, { series: series.map(({ id }) => id), events: false, log: false }, signal);
    },
    statistics: async (request, signal) => {
      const { series, timeZone, functions } = request;
      const now = clock.now();
      const { window, resolution, start } = statisticsStart(request, now);
      const plan = {
        kind: "statistics" as const,
        window,
        resolution,
        timeZone,
        until: now,
        functions,
        form: request.form ?? "buckets",
        times: request.times ?? "rfc3339",
        limit: request.limit ?? DEFAULT_LIMIT,
        mostBytes: MOST_BYTES,
        series: series.map((one, index) => described(one, window, index < start.index)),
        start,
      };
      return jobs.run(plan, { series: series.map(({ id }) => id), events: false, log: false }, signal);
    },
    events: async (request, signal) => {
      const start = startOf(request, clock);
      if (start.at) throw badCursor("belongs to a question about entities");
      const gaps = store.gaps(start.window).filter((gap) => gap.kind === "events");
      const plan = {
        kind: "events" as const,
        ...commonOf(request, start),
        types: request.types,
        search: request.search,
        after: start.after,
        gaps: JSON.stringify(gaps.map((gap) => gapShape(gap, null))),
      };
      return jobs.run(plan, { series: [], events: true, log: false }, signal);
    },
    holds: async (position) => {
      const answer = await jobs.run({ kind: "holds", position }, { series: [], events: false });
      return answer instanceof Uint8Array && answer.length > 0;
    },
    replay: (request, signal) => {
      // Readings by series are asked for only to say what went before the first change of each.
      const series = request.changes ? [...request.series.keys()] : [];
      return jobs.run({ kind: "replay", ...request }, { series, events: false }, signal);
    },
    event: async (position, signal) => {
      const answer = await jobs.run({ kind: "event", position }, { series: [], events: false }, signal);
      return unlessEmpty(answer);
    },
    score: (request, signal) => {
      const plan = { kind: "score" as const, ...request, until: clock.now() };
      return jobs.run(plan, { series: [request.forecast, request.came], events: false, log: false }, signal);
    },
    trace: async (request, signal) => {
      const { context, from, to, series } = request;
      const around = windowAround(context, clock.now());
      const window = {
        from: from ?? (to === undefined ? around.from : to - DAY),
        to: to ?? (from === undefined ? around.to : Math.max(from + DAY, around.to)),
      };
      const plan = {
        kind: "trace" as const,
        asked: context,
        window,
        mayWiden: from === undefined,
        depth: request.depth ?? DEFAULT_DEPTH,
        limit: request.limit ?? DEFAULT_TRACE,
        series,
      };
      return unlessEmpty(await jobs.run(plan, { series: [], events: false }, signal));
    },
  };

  /** Of sources there are none: it is Home Assistant that was not heard. */
  function openHoles(entityId: string): Window[] {
    if (isOutside(entityId)) return [];
    const now = clock.now();
    return (needs.openHoles?.() ?? []).map(({ from, to }) => ({ from, to: to ?? Math.max(from, now) }));
  }

  function thinnedIn(id: SeriesId, window: Window): { thinned?: string } {
    const spans = (needs.thinned?.(id) ?? []).filter(
      ({ from, to }) => from < window.to && (to ?? window.to) > window.from,
    );
    return spans.length === 0 ? {} : { thinned: JSON.stringify(spans.map(thinnedShape)) };
  }

  /** A series with what the worker must know of it; one that an earlier page has answered needs no gaps. */
  function described({ id, entityId }: PointsRequest["series"][number], window: Window, answered: boolean) {
    const gaps = answered ? [] : store.gaps(window, id);
    const latest = store.latest(id);
    return {
      id,
      entityId,
      knowledge: typeof latest?.state === "string" ? knowledgeOf(latest.attributes) : null,
      gaps: JSON.stringify(gaps.map((gap) => gapShape(gap, gap.series === null ? null : entityId))),
      ...(answered ? {} : thinnedIn(id, window)),
      holes: answered ? [] : mergeWindows([...gaps, ...openHoles(entityId)]),
    };
  }
}

const unlessEmpty = (answer: Answer): Answer | undefined =>
  answer instanceof Uint8Array && answer.length === 0 ? undefined : answer;

const commonOf = (request: RangeRequest, start: PageStart) => ({
  window: start.window,
  order: start.order,
  limit: request.limit ?? DEFAULT_LIMIT,
  mostBytes: MOST_BYTES,
});

/** Where the answer begins: at a cursor, which must be of the same question, or at the window's beginning. */
function startOf(request: RangeRequest, clock: Clock): PageStart {
  if (request.cursor === undefined) {
    const to = request.to ?? clock.now();
    const from = request.from ?? to - DAY;
    return { window: { from, to }, order: request.order ?? "oldest_first", at: null, after: null };
  }
  const start = readCursor(request.cursor);
  const { window, order } = start;
  if ((request.from ?? window.from) !== window.from || (request.to ?? window.to) !== window.to)
    throw badCursor("belongs to a question about another time");
  if ((request.order ?? order) !== order) throw badCursor(`belongs to a question with the order ${order}`);
  return start;
}
