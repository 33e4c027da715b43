import type { Stored } from "../../../domain/data/reading.ts";
import { STATISTIC_VALUES, type Statistic } from "../../../domain/data/statistic.ts";
import { stateText } from "../../shared/columns.ts";
import { createBytes, putVarint, reserve } from "../format/bytes.ts";
import { periodOfLine, type StatisticLine, seriesOfLine } from "../format/statistic.ts";
import { must } from "./coding/malformed.ts";
import { closeSection, createSectionWriter, openSection, putCount, takeByte, takeCount } from "./coding/section.ts";
import { readExactNumbers, writeExactNumbers } from "./columns/exact-numbers.ts";
import { readTexts, writeTexts } from "./columns/texts.ts";
import { readTimes, writeTimes } from "./columns/times.ts";

const VERSION = 1;
const MOST_LINES = 4096;
const MOST_ROWS = 4096;

/** Statistics of one series and period, by start. */
export type StatisticsInput = { readonly line: StatisticLine; readonly rows: readonly Stored<Statistic>[] };

/**
 * One compressed unit of lines of statistics. A number is kept as the shortest text that gives it back, which is how
 * columns of texts find the few decimals that most of them have.
 */
export function encodeStatistics(lines: readonly StatisticsInput[]): Buffer {
  if (lines.length > MOST_LINES || lines.some(({ rows }) => rows.length < 1 || rows.length > MOST_ROWS))
    throw new RangeError(`At most ${MOST_LINES} lines of 1 to ${MOST_ROWS} statistics are possible`);
  const section = createSectionWriter();
  putCount(section.plain, lines.length);
  for (const { line, rows } of lines) {
    putCount(section.plain, line);
    putCount(section.plain, rows.length);
    writeTimes(
      section,
      Float64Array.from(rows, ({ start }) => start),
      0,
    );
    writeExactNumbers(
      section,
      Float64Array.from(rows, ({ position }) => position),
    );
    for (const name of STATISTIC_VALUES)
      writeTexts(
        section,
        rows.map((row) => textOf(row[name])),
      );
    writeTexts(
      section,
      rows.map(({ lastReset }) => textOf(lastReset)),
    );
  }
  const head = createBytes(16);
  reserve(head, 8);
  putVarint(head, VERSION);
  return Buffer.concat([head.buffer.subarray(0, head.at), closeSection(section)]);
}

/** Throws on anything malformed. */
export function openStatistics(bytes: Buffer): readonly (readonly Stored<Statistic>[])[] {
  const plain = { buffer: bytes, at: 0 };
  must(takeByte(plain) === VERSION, "its version is not known");
  const section = openSection(bytes.subarray(plain.at));
  const count = takeCount(section.plain, MOST_LINES);
  return Array.from({ length: count }, () => {
    const line = takeCount(section.plain, Number.MAX_SAFE_INTEGER);
    const length = takeCount(section.plain, MOST_ROWS);
    must(length > 0 && periodOfLine(line) !== undefined, "a line is of no period, or empty");
    const starts = readTimes(section, length, 0);
    const positions = readExactNumbers(section, length);
    const columns = STATISTIC_VALUES.map((name) => ({ name, states: readTexts(section, length) }));
    const resets = readTexts(section, length);
    const [series, period] = [seriesOfLine(line), periodOfLine(line)];
    return Array.from({ length }, (_, row) => {
      const values = Object.fromEntries(columns.map(({ name, states }) => [name, numberIn(stateText(states, row))]));
      return {
        series,
        period,
        start: starts[row] as number,
        ...(values as Pick<Statistic, (typeof STATISTIC_VALUES)[number]>),
        lastReset: numberIn(stateText(resets, row)),
        position: positions[row] as number,
      };
    });
  });
}

const textOf = (value: number | null): string | null =>
  value === null ? null : Object.is(value, -0) ? "-0" : String(value);

const numberIn = (text: string | null): number | null => (text === null ? null : Number(text));
