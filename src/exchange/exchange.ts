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
  type ExportColumn,
  type ExportFormat,
  type ExportKind,
  type ExportPlan,
  READING_COLUMNS,
  STATISTIC_COLUMNS,
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
  unitOfStatistics: (series: SeriesId) => string | null;
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
      const plan = planOf(request, { gapsIn: store.gaps, unitOf: needs.unitOfStatistics });
      const narrow = {
        series: (plan.readings ?? plan.statistics)?.series.map(({ id }) => id) ?? [],
        events: plan.events !== undefined,
        log: false,
      };
      return jobs.run(plan, narrow, signal);
    },
  };
}

function planOf(
  request: ExportRequest,
  needs: { gapsIn: (window: Window) => readonly Stored<Gap>[]; unitOf: (series: SeriesId) => string | null },
): ExportPlan {
  const { format, series, from = null, to = null, columns, times = "rfc3339", types, spreadsheet = false } = request;
  const kinds = new Set(request.kinds);
  checkColumns(columns, kinds);
  const window = { from: from ?? ALL_TIME.from, to: to ?? ALL_TIME.to };
  const readings = kinds.has("readings")
    ? { series, columns: columnsOf(columns, READING_COLUMNS, DEFAULT_READING_COLUMNS) }
    : undefined;
  const events = kinds.has("events") ? { types, columns: columnsOf(columns, EVENT_COLUMNS) } : undefined;
  const statistics = kinds.has("statistics")
    ? {
        series: series.map((one) => ({ ...one, unit: needs.unitOf(one.id) })),
        columns: columnsOf(columns, STATISTIC_COLUMNS),
      }
    : undefined;
  if (format === "csv") checkCsv(kinds, (readings ?? events ?? statistics)?.columns);
  const names = new Map(series.map(({ id, entityId }) => [id, entityId]));
  // By themselves gaps are those of everything.
  const alone = kinds.has("gaps") && !kinds.has("readings") && !kinds.has("events");
  const wantsGap = ({ kind, series: of }: Gap) =>
    kind === "events"
      ? kinds.has("events") || alone
      : (kinds.has("readings") || alone) && (of === null || names.has(of));
  return {
    format,
    window,
    from,
    to,
    times,
    ...(readings ? { readings } : {}),
    ...(events ? { events } : {}),
    ...(statistics ? { statistics } : {}),
    gaps: needs
      .gapsIn(window)
      .filter(wantsGap)
      .map((gap) => ({ ...gap, entityId: gap.series === null ? null : (names.get(gap.series) ?? null) })),
    spreadsheet,
  };
}

const COLUMNS = { readings: READING_COLUMNS, events: EVENT_COLUMNS, statistics: STATISTIC_COLUMNS } as const;
type Columned = keyof typeof COLUMNS;
const COLUMNED = Object.keys(COLUMNS) as readonly Columned[];
const isOf = (kind: Columned, column: ExportColumn) => (COLUMNS[kind] as readonly string[]).includes(column);

const columnsOf = <C extends ExportColumn>(
  asked: readonly ExportColumn[] | undefined,
  all: readonly C[],
  usual: readonly C[] = all,
): readonly C[] => (asked ? [...new Set(asked)].filter((one): one is C => all.some((own) => own === one)) : usual);

function checkColumns(asked: readonly ExportColumn[] | undefined, kinds: ReadonlySet<ExportKind>): void {
  if (!asked) return;
  const own = COLUMNED.filter((kind) => kinds.has(kind));
  const unfit = asked.find((column) => !own.some((kind) => isOf(kind, column)));
  if (unfit !== undefined) throw invalid(`${[...kinds].join(", ")} have no column ${unfit}`, fixOfColumns(kinds));
  const empty = own.find((kind) => !asked.some((column) => isOf(kind, column)));
  if (empty !== undefined) throw invalid(`no column of ${empty} is asked for`, fixOfColumns(kinds));
}

const fixOfColumns = (kinds: ReadonlySet<ExportKind>): string =>
  [
    ...COLUMNED.filter((kind) => kinds.has(kind)).map(
      (kind) => `${kind[0]?.toUpperCase()}${kind.slice(1)} have ${COLUMNS[kind].join(", ")}.`,
    ),
    ...(kinds.has("gaps") && kinds.size === 1 ? ["Gaps are always whole: leave the columns out."] : []),
  ].join(" ");

/** What stands in these is anybody's text, which could look like the records at the end (encode/csv.ts). */
const FREE: readonly ExportColumn[] = ["state", "attributes", "context", "flaws", "type", "data", "unit"];

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
