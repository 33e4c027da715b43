import type { FileLook } from "../../source.ts";
import { decode, encodingOf } from "../decode.ts";
import { DELIMITERS, type Mapping } from "./settings.ts";
import { columnNames, indexOf, isMissing, numberIn, type Row, rowsOf, signOf } from "./table.ts";
import { parseTime, TIME_FORMATS, type TimeFormat } from "./times.ts";
import { unitIn, unitInName } from "./units.ts";

/** Rows that decide how a file is meant. */
const SAMPLE = 200;
const SHOWN = 5;
const LINES = 60;

const VALUE = /kwh|\bwh\b|mwh|m3|m³|verbrauch|messwert|^wert|value|usage|consumption|import|energ|zählerwert|menge/i;
const QUALITY = /ersatz|qualit|status|estimat|messwert:|ermitt|schätz/i;
const ESTIMATED_WORDS = ["EST", "E", "estimated", "rechnerisch", "geschätzt", "Ersatzwert"];
const MEASURED_WORDS = new Set(["val", "v", "measured", "actual", "a", "gemessen", "w", "valid", "ok"]);
const EXPORT = /einspeis|export|feed|rücklief|generation|return/i;

/** A table with its columns, as far as they can be told apart. */
type Looked = {
  readonly header: Row | undefined;
  readonly names: readonly string[];
  /** Below the names. */
  readonly data: readonly Row[];
};

/**
 * How a file seems to be meant, beside what is set already: for somebody to confirm. What cannot be told is left unset.
 */
export function lookAtTable(bytes: Uint8Array, given: Mapping, country: string | null): FileLook<Mapping> {
  const encoding = given.encoding ?? encodingOf(bytes);
  const text = decode(bytes, encoding);
  const delimiter = given.delimiter ?? delimiterOf(text);
  const rows = rowsOf(text, delimiter);
  const table = lookFor(rows, given);
  const { names, data } = table;
  const sample = data.slice(0, SAMPLE);
  const column = (i: number | undefined) =>
    i === undefined || i < 0 ? undefined : sample.map(({ cells }) => cells[i] ?? "");
  /** What is set and is not there is looked for anew. */
  const found = (name: string | undefined): number | undefined => {
    const at = name === undefined ? -1 : indexOf(name, table.header);
    return at === -1 || at >= names.length ? undefined : at;
  };

  const times = timeColumns(names, column, given, country);
  const time = found(given.time_column) ?? times.time;
  const end = found(given.end_column) ?? (given.minutes === undefined ? times.end : undefined);
  const clock = found(given.clock_column) ?? times.clock;
  const taken = new Set([time, end, clock]);
  const value = found(given.value_column) ?? valueColumn(names, column, taken);
  const unitColumn =
    found(given.unit_column) ?? (given.unit === undefined ? unitsColumn(names, column, taken) : undefined);
  const quality = found(given.quality_column) ?? qualityColumn(names, column, new Set([...taken, value, unitColumn]));
  const nameOf = (i: number | undefined) => (i === undefined || i < 0 ? undefined : names[i]);
  const unit = given.unit ?? (value === undefined ? undefined : unitInName(names[value] ?? ""));
  const minutes =
    given.minutes ??
    (end === undefined && time !== undefined ? minutesBetween(column(time), column(clock), times.format) : undefined);
  const estimated = given.estimated ?? wordsFor(column(quality));
  const proposed = {
    time_column: nameOf(time),
    clock_column: nameOf(clock),
    end_column: nameOf(end),
    value_column: nameOf(value),
    unit_column: nameOf(unitColumn),
    quality_column: nameOf(quality),
    estimated: quality === undefined ? undefined : estimated,
    measures: measured(given, names, value),
    unit: unitColumn === undefined ? unit : undefined,
    delimiter,
    decimal: given.decimal ?? decimalOf(column(value) ?? [], delimiter),
    encoding,
    time_format: given.time_format ?? times.format,
    time_zone: given.time_zone,
    times_are: given.times_are,
    minutes,
  };
  const settings = Object.fromEntries(Object.entries(proposed).filter(([, one]) => one !== undefined)) as Mapping;
  return { settings, columns: names, rows: data.slice(0, SHOWN).map(({ cells }) => cells) };
}

/** The sign that most lines have, and mostly as often as one another. */
function delimiterOf(text: string): (typeof DELIMITERS)[number] {
  const lines = text.split(/\r?\n/, LINES).filter((line) => line.trim() !== "");
  const score = (delimiter: (typeof DELIMITERS)[number]): number => {
    const counts = lines.map((line) => line.split(signOf(delimiter)).length - 1).filter((count) => count > 0);
    const often = Math.max(0, ...[...Map.groupBy(counts, (count) => count).values()].map((same) => same.length));
    return often;
  };
  // A comma may stand in numbers, so the others come before it where they are as good.
  return [...DELIMITERS].sort((a, b) => score(b) - score(a) || DELIMITERS.indexOf(a) - DELIMITERS.indexOf(b))[0] ?? ";";
}

const formatOf = (cell: string): TimeFormat | undefined => TIME_FORMATS.find((format) => parseTime(cell, format));

/** The names of columns stand above the first row that has a time. */
function lookFor(rows: readonly Row[], given: Mapping): Looked {
  const named = [given.time_column, given.value_column].filter((name) => name !== undefined && !name.startsWith("#"));
  const set =
    named.length > 0 ? rows.findIndex(({ cells }) => named.every((name) => cells.includes(name as string))) : -1;
  const first = rows.findIndex(({ cells }) => cells.some(formatOf));
  const above = first > 0 ? first - 1 : -1;
  const width = rows[Math.max(first, 0)]?.cells.length ?? 0;
  // A line of other things stands above tables without names.
  const at = set !== -1 ? set : (rows[above]?.cells.length ?? 0) >= Math.min(2, width) ? above : -1;
  const header = rows[at];
  const data = rows.slice(at === -1 ? Math.max(first, 0) : at + 1);
  return { header, names: columnNames(header, Math.max(width, header?.cells.length ?? 0)), data };
}

type Column = (i: number | undefined) => readonly string[] | undefined;

function timeColumns(names: readonly string[], column: Column, given: Mapping, country: string | null) {
  const formatsOf = (cells: readonly string[]): TimeFormat[] =>
    TIME_FORMATS.filter((format) => {
      const full = cells.filter((cell) => cell !== "");
      const read = full.filter((cell) => parseTime(cell, format)).length;
      // Sums and remarks may stand below a table.
      return read > 0 && read >= full.length * 0.8;
    });
  const all = names.flatMap((_, i) => {
    const formats = formatsOf(column(i) ?? []).filter((format) => (given.time_format ?? format) === format);
    return formats.length > 0 ? [{ i, formats }] : [];
  });
  const [first, second] = all;
  const isAmerican = country === "US";
  const format =
    first?.formats.find((one) => one !== (isAmerican ? "DD/MM/YYYY HH:mm" : "MM/DD/YYYY HH:mm")) ?? first?.formats[0];
  const isDate = (column(first?.i) ?? []).every((cell) => !/\d\d?:\d\d/.test(cell));
  const clocks = names.findIndex((_, i) => {
    const cells = column(i) ?? [];
    return i !== first?.i && cells.length > 0 && cells.every((cell) => /^\d{1,2}:\d{2}/.test(cell));
  });
  const isClock = isDate && clocks !== -1 && (column(first?.i) ?? []).some((cell) => formatOf(cell) !== "RFC 3339");
  return {
    time: first?.i,
    end: second && format !== undefined && second.formats.includes(format) && !isClock ? second.i : undefined,
    clock: isClock ? clocks : undefined,
    format,
  };
}

/** Numbers that change, best under a name of use. */
function valueColumn(
  names: readonly string[],
  column: Column,
  taken: ReadonlySet<number | undefined>,
): number | undefined {
  const scored = names.flatMap((name, i) => {
    if (taken.has(i)) return [];
    const cells = (column(i) ?? []).filter((cell) => !isMissing(cell));
    const numbers = cells.filter((cell) => numberIn(cell, ",") !== undefined || numberIn(cell, ".") !== undefined);
    if (numbers.length === 0 || numbers.length < cells.length * 0.8) return [];
    const isNumberOfSomething = numbers.every((cell) => /^\d{5,}$/.test(cell) && cell === numbers[0]);
    if (isNumberOfSomething) return [];
    const score =
      (VALUE.test(name) ? 4 : 0) +
      (numbers.some((cell) => /[.,]\d/.test(cell)) ? 2 : 0) +
      (new Set(numbers).size > 1 ? 1 : 0);
    return [{ i, score }];
  });
  return scored.sort((a, b) => b.score - a.score || a.i - b.i)[0]?.i;
}

function unitsColumn(
  names: readonly string[],
  column: Column,
  taken: ReadonlySet<number | undefined>,
): number | undefined {
  const at = names.findIndex((_, i) => {
    const cells = (column(i) ?? []).filter((cell) => cell !== "");
    return !taken.has(i) && cells.length > 0 && cells.every((cell) => unitIn(cell) !== undefined);
  });
  return at === -1 ? undefined : at;
}

function qualityColumn(
  names: readonly string[],
  column: Column,
  taken: ReadonlySet<number | undefined>,
): number | undefined {
  const at = names.findIndex((name, i) => {
    const cells = column(i) ?? [];
    const isFew = new Set(cells).size <= 6 && cells.every((cell) => cell.length <= 30);
    return !taken.has(i) && QUALITY.test(name) && isFew;
  });
  return at === -1 ? undefined : at;
}

/** What stands in a column of quality beside words for measured; nothing: whatever does is meant. */
function wordsFor(cells: readonly string[] | undefined): string | undefined {
  const said = [...new Set(cells)].filter((cell) => cell !== "");
  if (!said.some((cell) => MEASURED_WORDS.has(cell.toLowerCase()))) return undefined;
  const others = said.filter((cell) => !MEASURED_WORDS.has(cell.toLowerCase()));
  return [...new Set([...others, ...ESTIMATED_WORDS])].join(", ");
}

function decimalOf(cells: readonly string[], delimiter: string): "," | "." {
  const told = cells.map((cell) => /[.,](?=[^.,]*$)/.exec(cell)?.[0]).filter((sign) => sign !== undefined);
  if (told.length === 0) return delimiter === ";" ? "," : ".";
  return told.filter((sign) => sign === ",").length * 2 > told.length ? "," : ".";
}

/** The length that most rows have. */
function minutesBetween(
  dates: readonly string[] | undefined,
  clocks: readonly string[] | undefined,
  format: TimeFormat | undefined,
): number | undefined {
  if (!dates || format === undefined) return undefined;
  const times = dates.flatMap((cell, i) => {
    const time = parseTime(clocks ? `${cell} ${clocks[i]}` : cell, format);
    return time === undefined ? [] : ["instant" in time ? time.instant / 1000 : time.local];
  });
  const lengths = times.slice(1).map((time, i) => Math.abs(time - (times[i] ?? time)) / 60_000);
  const most = [...Map.groupBy(lengths, (minutes) => minutes)].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
  return most !== undefined && Number.isInteger(most) && most >= 1 && most <= 44_640 ? most : undefined;
}

function measured(given: Mapping, names: readonly string[], value: number | undefined): Mapping["measures"] {
  if (given.measures !== "import") return given.measures;
  const all = names.join(" ");
  const unit = unitInName(names[value ?? -1] ?? "");
  if (EXPORT.test(names[value ?? -1] ?? "")) return "export";
  if (/wasser|water/i.test(all)) return "water";
  return /\bgas/i.test(all) || unit === "m³" ? "gas" : "import";
}
