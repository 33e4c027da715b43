import type { Worker } from "node:worker_threads";
import type { Gap, SeriesId, Stored } from "../domain/data/reading.ts";
import { Failure } from "../domain/failure.ts";
import { ALL_TIME, type Micros, type Window } from "../domain/time/time.ts";
import type { Answer } from "../history/history.ts";
import { createJobs, type Views } from "../history/jobs/jobs.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import {
  DEFAULT_READING_COLUMNS,
  EVENT_COLUMNS,
  type EventColumn,
  type ExportColumn,
  type ExportFormat,
  type ExportKind,
  type ExportPlan,
  READING_COLUMNS,
  type ReadingColumn,
} from "./plan.ts";

export type ExportRequest = {
  readonly format: ExportFormat;
  readonly kinds: readonly ExportKind[];
  readonly series: readonly { readonly id: SeriesId; readonly entityId: string }[];
  /** Absent sides: everything. */
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
  /** Each kind takes those that it has; absent: the usual ones. */
  readonly columns?: readonly ExportColumn[] | undefined;
  readonly times?: "rfc3339" | "us" | undefined;
  /** Only events of these types. */
  readonly types?: readonly string[] | undefined;
  readonly spreadsheet?: boolean | undefined;
};

/** Everything that was recorded, as files for others (docs/api.md, "Export"). */
export type Exchange = {
  /** @throws Failure `invalid_request`, `store_unavailable` */
  export(request: ExportRequest, signal?: AbortSignal): Promise<Answer>;
  readonly running: number;
  close(): Promise<void>;
};

/** A download may be paused, or read by a person in a pager; its view holds on to files meanwhile. */
const STALLED_MS = 10 * 60_000;
/** The worker's memory is given back when nobody has exported for a while. */
const REST_MS = 60_000;

export function createExchange(needs: {
  store: Views & { gaps(window: Window): readonly Stored<Gap>[] };
  startWorker: () => Worker;
  clock: Clock;
  log: Log;
}): Exchange {
  const { store } = needs;
  const jobs = createJobs<ExportPlan>({ ...needs, views: store, stalledMs: STALLED_MS, restMs: REST_MS });
  return {
    get running() {
      return jobs.running;
    },
    close: jobs.close,
    export: async (request, signal) => {
      const plan = planOf(request, store.gaps);
      const narrow = {
        series: plan.readings?.series.map(({ id }) => id) ?? [],
        events: plan.events !== undefined,
        log: false,
      };
      return jobs.run(plan, narrow, signal);
    },
  };
}

function planOf(request: ExportRequest, gapsIn: (window: Window) => readonly Stored<Gap>[]): ExportPlan {
  const { format, series, from = null, to = null, columns, times = "rfc3339", types, spreadsheet = false } = request;
  const kinds = new Set(request.kinds);
  checkColumns(columns, kinds);
  const window = { from: from ?? ALL_TIME.from, to: to ?? ALL_TIME.to };
  const readings = kinds.has("readings") ? { series, columns: readingColumns(columns) } : undefined;
  const events = kinds.has("events") ? { types, columns: eventColumns(columns) } : undefined;
  if (format === "csv") checkCsv(kinds, readings?.columns ?? events?.columns);
  const names = new Map(series.map(({ id, entityId }) => [id, entityId]));
  const wantsGap = ({ kind, series: of }: Gap) =>
    kind === "events"
      ? kinds.has("events") || !kinds.has("readings")
      : (kinds.has("readings") || !kinds.has("events")) && (of === null || names.has(of));
  return {
    format,
    window,
    from,
    to,
    times,
    ...(readings ? { readings } : {}),
    ...(events ? { events } : {}),
    gaps: gapsIn(window)
      .filter(wantsGap)
      .map((gap) => ({ ...gap, entityId: gap.series === null ? null : (names.get(gap.series) ?? null) })),
    spreadsheet,
  };
}

const isReadingColumn = (column: ExportColumn): column is ReadingColumn =>
  (READING_COLUMNS as readonly string[]).includes(column);
const isEventColumn = (column: ExportColumn): column is EventColumn =>
  (EVENT_COLUMNS as readonly string[]).includes(column);

const readingColumns = (asked: readonly ExportColumn[] | undefined): readonly ReadingColumn[] =>
  asked ? [...new Set(asked.filter(isReadingColumn))] : DEFAULT_READING_COLUMNS;
const eventColumns = (asked: readonly ExportColumn[] | undefined): readonly EventColumn[] =>
  asked ? [...new Set(asked.filter(isEventColumn))] : EVENT_COLUMNS;

function checkColumns(asked: readonly ExportColumn[] | undefined, kinds: ReadonlySet<ExportKind>): void {
  if (!asked) return;
  const unfit = asked.find(
    (column) => !(kinds.has("readings") && isReadingColumn(column)) && !(kinds.has("events") && isEventColumn(column)),
  );
  if (unfit !== undefined) throw invalid(`${[...kinds].join(", ")} have no column ${unfit}`, fixOfColumns(kinds));
  const empty = [
    ...(kinds.has("readings") && readingColumns(asked).length === 0 ? ["readings"] : []),
    ...(kinds.has("events") && eventColumns(asked).length === 0 ? ["events"] : []),
  ];
  if (empty.length > 0) throw invalid(`no column of ${empty[0]} is asked for`, fixOfColumns(kinds));
}

const fixOfColumns = (kinds: ReadonlySet<ExportKind>): string =>
  [
    ...(kinds.has("readings") ? [`Readings have ${READING_COLUMNS.join(", ")}.`] : []),
    ...(kinds.has("events") ? [`Events have ${EVENT_COLUMNS.join(", ")}.`] : []),
    ...(kinds.has("gaps") && kinds.size === 1 ? ["Gaps are always whole: leave the columns out."] : []),
  ].join(" ");

/** What stands in these is anybody's text, which could look like the records at the end (encode/csv.ts). */
const FREE: readonly ExportColumn[] = ["state", "attributes", "context", "flaws", "type", "data"];

function checkCsv(kinds: ReadonlySet<ExportKind>, columns: readonly ExportColumn[] | undefined): void {
  if (kinds.size > 1)
    throw invalid("a CSV file holds one kind of rows", "Ask for one kind at a time, or for the format ndjson.");
  const first = columns?.[0];
  if (first !== undefined && FREE.includes(first))
    throw invalid(
      `the first column of a CSV file cannot be ${first}`,
      "Put another in front, such as time: by the first column the last records are told from the data.",
    );
}

const invalid = (message: string, fix: string) => new Failure("invalid_request", `Export: ${message}`, { fix });
