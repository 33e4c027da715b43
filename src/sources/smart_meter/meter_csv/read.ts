import { Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { FileRead } from "../../source.ts";
import { decode } from "../decode.ts";
import { createLeavingOut, eachOnce, type IntervalReading } from "../intervals.ts";
import { createLocalClock } from "../local-clock.ts";
import type { Mapping, Unit } from "./settings.ts";
import { indexOf, isMissing, numberIn, type Row, rowsOf } from "./table.ts";
import { parseTime, type RowTime, type TimeFormat } from "./times.ts";
import { meantBy, unitIn } from "./units.ts";

const MINUTE: Micros = 60_000_000;
const HOUR_MS = 3_600_000;
const DAY_MINUTES = 1_440;
const LONGEST: Micros = 100 * 24 * 60 * MINUTE;

type Whole = Mapping &
  Required<Pick<Mapping, "time_column" | "value_column" | "delimiter" | "decimal" | "encoding" | "time_format">>;

/** Whether everything is set that a file cannot be read without. */
export const isWhole = (given: Mapping): given is Whole =>
  given.time_column !== undefined &&
  given.value_column !== undefined &&
  given.delimiter !== undefined &&
  given.decimal !== undefined &&
  given.encoding !== undefined &&
  given.time_format !== undefined &&
  (given.unit !== undefined || given.unit_column !== undefined) &&
  (given.end_column !== undefined || given.minutes !== undefined);

type Columns = { readonly [name in "time" | "clock" | "end" | "value" | "unit" | "quality"]: number | undefined };

/** Row, and when it begins and ends as it says itself. */
type TimedRow = { readonly row: Row; readonly begin: RowTime; readonly end: RowTime | undefined };

/**
 * What a table tells by a mapping.
 *
 * @throws Failure `no_mapping`, `changed_shape`
 */
export function readTable(bytes: Uint8Array, mapping: Mapping, homeZone: string): FileRead {
  if (!isWhole(mapping))
    throw new Failure("no_mapping", "It is not set yet how the columns of the file are meant", {
      fix: "Look at the file first (preview): settings are proposed. Save them, then hand the file in.",
    });
  const rows = rowsOf(decode(bytes, mapping.encoding), mapping.delimiter);
  const { columns, data } = tableOf(rows, mapping);
  const leave = createLeavingOut();
  const notes: string[] = [];
  const zone = mapping.time_zone ?? homeZone;
  const timed = timesOf(data, columns, mapping.time_format, leave);
  const readings: IntervalReading[] = [];
  for (const { row, time, until } of slotsOf(timed, zone, mapping, leave)) {
    const reading = readingOf(row, columns, mapping);
    if (typeof reading === "string") leave.add(reading, `line ${row.line}`);
    else readings.push({ ...reading, time, until });
  }
  if (timed.some(({ begin }) => "local" in begin)) notes.push(`Times are taken as those of ${zone}.`);
  if (timed.length > 0 && isOfEitherOrder(data, columns, mapping.time_format))
    notes.push(
      `Whether the day or the month comes first this file does not show; it is read as ${mapping.time_format}.`,
    );
  const estimated = readings.filter(({ quality }) => quality === "estimated").length;
  if (estimated > 0) notes.push(`${estimated} of them are marked as estimated.`);
  if (readings.length === 0) notes.push("The file holds no readings that can be taken in.");
  return { readings: eachOnce(readings, leave), leftOut: leave.all(), notes };
}

/** Where the columns are, and the rows below their names. @throws Failure `changed_shape` */
function tableOf(rows: readonly Row[], mapping: Whole): { readonly columns: Columns; readonly data: readonly Row[] } {
  const wanted = {
    time: mapping.time_column,
    clock: mapping.clock_column,
    end: mapping.end_column,
    value: mapping.value_column,
    unit: mapping.unit_column,
    quality: mapping.quality_column,
  };
  const names = Object.values(wanted).filter((name) => name !== undefined);
  const named = names.filter((name) => !name.startsWith("#"));
  const at =
    named.length === 0 ? -1 : rows.findIndex(({ cells }) => named.every((name) => cells.includes(name.trim())));
  if (named.length > 0 && at === -1) {
    const best = rows.toSorted((a, b) => hits(b, named) - hits(a, named))[0];
    const missing = named.filter((name) => !best?.cells.includes(name.trim()));
    throw new Failure("changed_shape", `The file has no column ${missing.join(", ")}`, {
      fix: "Look at the file (preview): settings that fit it are proposed. Check delimiter and encoding, too.",
    });
  }
  const header = rows[at];
  const data = rows.slice(at + 1);
  const index = (name: string | undefined) => (name === undefined ? undefined : indexOf(name, header));
  const columns = Object.fromEntries(Object.entries(wanted).map(([key, name]) => [key, index(name)])) as Columns;
  return { columns, data };
}

const hits = ({ cells }: Row, names: readonly string[]): number => names.filter((name) => cells.includes(name)).length;

const cellOf = ({ cells }: Row, column: number | undefined): string =>
  column === undefined ? "" : (cells[column] ?? "");

const timeText = (row: Row, { time, clock }: Columns): string =>
  clock === undefined ? cellOf(row, time) : `${cellOf(row, time)} ${cellOf(row, clock)}`;

function timesOf(
  data: readonly Row[],
  columns: Columns,
  format: TimeFormat,
  leave: ReturnType<typeof createLeavingOut>,
): TimedRow[] {
  return data.flatMap((row) => {
    const begin = parseTime(timeText(row, columns), format);
    const end = columns.end === undefined ? undefined : parseTime(cellOf(row, columns.end), format);
    if (begin && (columns.end === undefined || end)) return [{ row, begin, end }];
    leave.add("Without a time that can be read", `line ${row.line}`);
    return [];
  });
}

const OTHER_ORDER: { readonly [format in TimeFormat]?: TimeFormat } = {
  "DD/MM/YYYY HH:mm": "MM/DD/YYYY HH:mm",
  "MM/DD/YYYY HH:mm": "DD/MM/YYYY HH:mm",
};

/** Whether all its dates could be read with day and month the other way round, too. */
function isOfEitherOrder(data: readonly Row[], columns: Columns, format: TimeFormat): boolean {
  const other = OTHER_ORDER[format];
  if (other === undefined) return false;
  const texts = data.map((row) => timeText(row, columns)).filter((text) => parseTime(text, format));
  // Where day and month are the same number, both orders say the same.
  const told = texts.filter(
    (text) => JSON.stringify(parseTime(text, format)) !== JSON.stringify(parseTime(text, other)),
  );
  return told.length > 0 && told.every((text) => parseTime(text, other));
}

/** Each row at its place in time. */
function* slotsOf(
  timed: readonly TimedRow[],
  zone: string,
  { times_are: are, minutes = 0, end_column: endColumn }: Whole,
  leave: ReturnType<typeof createLeavingOut>,
): Generator<{ readonly row: Row; readonly time: Micros; readonly until: Micros }> {
  const clock = createLocalClock(zone);
  let before = Number.NEGATIVE_INFINITY;
  for (const { row, begin, end } of inOrder(timed)) {
    // The hour that comes twice is told apart by what stands before it.
    const instants = "instant" in begin ? [begin.instant] : clock(begin.local);
    const at = instants.find((instant) => instant > before) ?? instants[0];
    if (at === undefined) {
      leave.add("At a time that the clocks leave out", `line ${row.line}`);
      continue;
    }
    before = at;
    /** Days are as long as the clocks make them. */
    const away = (signed: number): Micros =>
      ("local" in begin && minutes % DAY_MINUTES === 0 ? clock(begin.local + signed * 60_000)[0] : undefined) ??
      at + signed * MINUTE;
    const isEnd = endColumn === undefined && are === "end";
    const time = isEnd ? away(-minutes) : at;
    const until = end ? endOf(at, begin, end, clock) : isEnd ? at : away(minutes);
    if (until === undefined || until <= time || until - time > LONGEST)
      leave.add("With an end that is before its beginning, or far behind it", `line ${row.line}`);
    else yield { row, time, until };
  }
}

/** Files of some operators have the newest first. */
function inOrder(timed: readonly TimedRow[]): readonly TimedRow[] {
  const [first, last] = [timed[0]?.begin, timed.at(-1)?.begin];
  const value = (time: RowTime) => ("instant" in time ? time.instant : time.local);
  return first && last && value(last) < value(first) ? timed.toReversed() : timed;
}

function endOf(
  at: Micros,
  begin: RowTime,
  end: RowTime,
  clock: ReturnType<typeof createLocalClock>,
): Micros | undefined {
  if ("instant" in end) return end.instant;
  const shown = "local" in begin ? end.local - begin.local : 0;
  // Of up to an hour, the clock's own difference holds: the end may be a time that the clocks leave out, or show twice.
  if (shown > 0 && shown <= HOUR_MS) return at + shown * 1000;
  return clock(end.local).find((instant) => instant > at);
}

/** A text: why it is left out. */
function readingOf(row: Row, columns: Columns, mapping: Whole): Omit<IntervalReading, "time" | "until"> | string {
  const cell = cellOf(row, columns.value);
  if (isMissing(cell)) return "Without a value";
  const number = numberIn(cell, mapping.decimal);
  if (number === undefined) return "With a value that is no number";
  if (number < 0) return "Below zero";
  const unit: Unit | undefined = columns.unit === undefined ? mapping.unit : unitIn(cellOf(row, columns.unit));
  if (unit === undefined) return "In a unit that is not known";
  const meant = meantBy(mapping.measures, unit);
  if (meant === undefined) return `In ${unit}, which is no unit of what is measured`;
  const mark = cellOf(row, columns.quality);
  const words = (mapping.estimated ?? "")
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
  const isEstimated =
    columns.quality !== undefined && (words.length === 0 ? mark !== "" : words.includes(mark.toLowerCase()));
  return {
    quantity: meant.quantity,
    value: Number((number * meant.factor).toPrecision(12)),
    ...(isEstimated ? { quality: "estimated" as const } : {}),
  };
}
