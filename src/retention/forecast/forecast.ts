import { type Micros, utcMonth } from "../../domain/time/time.ts";
import type { StoragePart, Usage } from "../../store/store.ts";
import { bytesPerReading, monthStart, shareBefore } from "./sizes.ts";

export const DAY: Micros = 86_400_000_000;
export const FORECAST_DAYS = 30;

/** What the store held on one day, by Home Assistant's clock; kept for growth. */
export type Sample = {
  readonly at: Micros;
  /** Ever stored: what went since counts too. */
  readonly readings: number;
  readonly events: number;
  readonly logBytes: number;
};

/** How fast the store grows. */
export type Growth = {
  readonly readingsPerDay: number;
  readonly eventsPerDay: number;
  /** History alone; null: nothing is sealed yet from which to tell. */
  readonly bytesPerDay: number | null;
  /** The log comes on top until it has its full size. */
  readonly logBytesPerDay: number;
  /** What the log has had of late; null: it has not got its size yet. It goes by whole segments, so it is rarely just that. */
  readonly settledLogBytes: number | null;
  /** Days that were measured. */
  readonly days: number;
};

const MEASURED_DAYS = 14;
/** The log holds a day, in whole segments: by then it has its size, and only swings. */
const SETTLED_DAYS = 3;
const LEAST_SPAN = DAY / 24;
const DAYS_OF_A_MONTH = 30;

export const dayStart = (time: Micros): Micros => Math.floor(time / DAY) * DAY;

export function measureGrowth(given: {
  samples: readonly Sample[];
  parts: readonly StoragePart[];
  usage: readonly Usage[];
  asOf: Micros;
  /** The oldest time in the store; null: it is empty. */
  oldest: Micros | null;
}): Growth | null {
  const { samples, parts, usage, asOf, oldest } = given;
  const recent = samples.filter(({ at }) => at > asOf - MEASURED_DAYS * DAY);
  const steps = recent.slice(1).map((sample, i) => {
    const before = recent[i] as Sample;
    const days = (sample.at - before.at) / DAY;
    const perDay = (of: Exclude<keyof Sample, "at">) => (sample[of] - before[of]) / days;
    return { days, readings: perDay("readings"), events: perDay("events"), log: perDay("logBytes") };
  });
  // The middle of the days: an import of years on one of them says nothing of the next.
  const measured =
    steps.length > 0
      ? {
          days: steps.reduce((sum, step) => sum + step.days, 0),
          readings: median(steps.map((step) => step.readings)),
          events: median(steps.map((step) => step.events)),
          settledLog: recent.length > SETTLED_DAYS ? median(recent.slice(2).map(({ logBytes }) => logBytes)) : null,
          log: recent.length > SETTLED_DAYS ? 0 : Math.max(0, median(steps.map((step) => step.log))),
        }
      : thisMonth(usage, asOf, oldest ?? asOf);
  if (!measured) return null;
  const perReading = bytesPerReading(usage);
  const perEvent = bytesPerEntry(parts, "events");
  return {
    readingsPerDay: measured.readings,
    eventsPerDay: measured.events,
    bytesPerDay:
      perReading === null
        ? null
        : measured.readings * perReading.bytes +
          perReading.perMonth / DAYS_OF_A_MONTH +
          measured.events * (perEvent ?? 0),
    logBytesPerDay: measured.log,
    settledLogBytes: measured.settledLog,
    days: measured.days,
  };
}

function thisMonth(usage: readonly Usage[], asOf: Micros, oldest: Micros) {
  const month = utcMonth(asOf);
  const readings = usage.reduce((sum, row) => (row.month === month ? sum + row.readings : sum), 0);
  const span = asOf - Math.max(monthStart(month), oldest);
  if (readings === 0 || span < LEAST_SPAN) return undefined;
  return { days: span / DAY, readings: readings / (span / DAY), events: 0, log: 0, settledLog: null };
}

/** Of the newest months, since what is recorded changes over the years. */
function bytesPerEntry(parts: readonly StoragePart[], kind: StoragePart["kind"]): number | null {
  const months = parts
    .filter((part) => part.kind === kind && part.month !== null && part.entries > 0)
    .sort((a, b) => ((a.month as string) < (b.month as string) ? 1 : -1))
    .slice(0, 2);
  const entries = months.reduce((sum, part) => sum + part.entries, 0);
  return entries === 0 ? null : months.reduce((sum, part) => sum + part.bytes, 0) / entries;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
};

/** Bytes of one month that are kept for a number of days, and what comes to them from now on. */
export type Aging = {
  readonly month: string;
  readonly bytes: number;
  readonly keepDays: number;
  readonly newBytesPerDay: number;
};

/** The size on each of the next days, today first, if rules by age are applied and the budget is not. */
export function forecastSizes(given: {
  usedBytes: number;
  logBytes: number;
  logLimit: number;
  growth: Growth;
  aging: readonly Aging[];
  asOf: Micros;
  oldest: Micros;
}): number[] {
  const { usedBytes, logBytes, logLimit, growth, aging, asOf, oldest } = given;
  const { bytesPerDay, logBytesPerDay, settledLogBytes } = growth;
  const logRoom = Math.max(0, logLimit - logBytes);
  return Array.from({ length: FORECAST_DAYS + 1 }, (_, day) => {
    const swing = day === 0 || settledLogBytes === null ? 0 : settledLogBytes - logBytes;
    const grown = (bytesPerDay ?? 0) * day + Math.min(logRoom, logBytesPerDay * day) + swing;
    let gone = 0;
    for (const { month, bytes, keepDays, newBytesPerDay } of aging) {
      const before = dayStart(asOf + day * DAY) - keepDays * DAY;
      gone += bytes * shareBefore(month, before, { asOf, oldest }) + Math.max(0, day - keepDays) * newBytesPerDay;
    }
    return Math.max(0, Math.round(usedBytes + grown - gone));
  });
}
