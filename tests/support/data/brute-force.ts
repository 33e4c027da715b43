import { numberOf } from "../../../src/domain/data/summary.ts";
import type { Micros, Window } from "../../../src/domain/time/time.ts";

export type Row = { readonly time: Micros; readonly changed: Micros; readonly state: string | null };
export type Unit = "day" | "week" | "month";

const QUARTER: Micros = 900_000_000;

/**
 * The beginnings of local days, weeks or months in a window made of such, found by looking at the clock every quarter
 * of an hour: a date that has been shown once is over when a later one is shown.
 */
export function localEdges(zone: string, unit: Unit, from: Micros, to: Micros): Micros[] {
  const shown = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const edges: Micros[] = [];
  let latest = "";
  let key = "";
  for (let at = Math.floor(from / QUARTER) * QUARTER - 96 * QUARTER * 33; at <= to + 96 * QUARTER * 33; at += QUARTER) {
    const date = shown.format(at / 1000);
    if (date <= latest) continue;
    latest = date;
    const next = unit === "day" ? date : unit === "month" ? date.slice(0, 7) : mondayOf(date);
    if (next !== key && key !== "") edges.push(at);
    key = next;
  }
  const first = edges.findLastIndex((edge) => edge <= from);
  const last = edges.findIndex((edge) => edge >= to);
  return edges.slice(first, last + 1);
}

function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

export type Expected = {
  completeness: number;
  mean: number | null;
  min: number | null;
  max: number | null;
  sum: number | null;
  count: number;
  readings: number;
  changes: number;
  first: string | null;
  last: string | null;
  increase: number;
  difference: number;
  covered: number;
  states: Record<string, { seconds: number; entered: number }>;
};

/**
 * What a bucket amounts to, said as plainly as it can be: time is cut wherever anything begins or ends, and each piece
 * is looked at by itself.
 *
 * @param rows all readings of the series, in the order of time
 */
export function bruteForce(rows: readonly Row[], bucket: Window, holes: readonly Window[], now: Micros): Expected {
  const inside = (time: Micros) => time >= bucket.from && time < bucket.to;
  const own = rows.filter(({ time }) => inside(time));
  const cuts = [bucket.from, bucket.to, now, ...holes.flatMap(({ from, to }) => [from, to]), ...own.map((r) => r.time)];
  const edges = [...new Set(cuts.filter((at) => at >= bucket.from && at <= bucket.to))].sort((a, b) => a - b);
  const states: Expected["states"] = Object.create(null);
  const stateOf = (text: string) => {
    states[text] ??= { seconds: 0, entered: 0 };
    return states[text];
  };
  let [known, covered, area] = [0, 0, 0];
  const values: number[] = [];
  let held = -1;
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const to = edges[i + 1] as Micros;
    while (held + 1 < rows.length && (rows[held + 1] as Row).time <= from) held++;
    const row = rows[held];
    if (!row || row.state === null || from >= now || holes.some((hole) => hole.from <= from && to <= hole.to)) continue;
    const seconds = (to - from) / 1e6;
    known += seconds;
    stateOf(row.state).seconds += seconds;
    const value = numberOf(row.state);
    if (Number.isNaN(value)) continue;
    covered += seconds;
    area += value * seconds;
    values.push(value);
  }
  for (const [i, row] of rows.entries())
    if (inside(row.time) && row.state !== null && row.state !== rows[i - 1]?.state) stateOf(row.state).entered++;
  const numbers = own.map((row) => numberOf(row.state)).filter((value) => !Number.isNaN(value));
  values.push(...numbers);
  let [increase, difference] = [0, 0];
  let [number, count] = [Number.NaN, Number.NaN];
  for (const row of rows) {
    const value = numberOf(row.state);
    if (Number.isNaN(value)) continue;
    if (inside(row.time) && !Number.isNaN(number)) difference += value - number;
    number = value;
    if (value < 0) continue;
    if (inside(row.time) && !Number.isNaN(count)) increase += value < 0.9 * count ? value : value - count;
    count = value;
  }
  return {
    completeness: known / ((bucket.to - bucket.from) / 1e6),
    mean: covered > 0 ? area / covered : null,
    min: values.length > 0 ? Math.min(...values) : null,
    max: values.length > 0 ? Math.max(...values) : null,
    sum: numbers.length > 0 ? numbers.reduce((a, b) => a + b, 0) : null,
    count: numbers.length,
    readings: own.length,
    changes: own.filter((row) => row.changed === row.time).length,
    first: own[0]?.state ?? null,
    last: own.at(-1)?.state ?? null,
    increase,
    difference,
    covered,
    states,
  };
}
