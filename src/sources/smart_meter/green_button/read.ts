import { Failure } from "../../../domain/failure.ts";
import type { FileRead } from "../../source.ts";
import { createLeavingOut, eachOnce, type IntervalReading } from "../intervals.ts";
import { createLocalClock } from "../local-clock.ts";
import { type Entry, type IntervalReadingElement, type ReadingType, readInterval } from "./document.ts";
import { type Meant, meaningOf, qualityOf } from "./units.ts";

/** Longer than the longest time between two bills. */
const LONGEST_S = 100 * 86_400;
const DAY_S = 86_400;

type Needs = {
  readonly timeZone: string;
  /** Some utilities write the time of the clock on the wall where seconds since 1970 in UTC are meant. */
  readonly timesAreLocal: boolean;
  readonly usagePoint: string | undefined;
};

/** What the entries of a Green Button file tell. @throws Failure `several_meters` */
export function readEntries(entries: readonly Entry[], { timeZone, timesAreLocal, usagePoint }: Needs): FileRead {
  const leave = createLeavingOut();
  const notes: string[] = [];
  const clock = createLocalClock(timeZone);
  const readings: IntervalReading[] = [];
  const links = linksOf(entries);
  const points = new Set<string>();
  for (const entry of entries) {
    for (const name of entry.names) {
      const why = NOT_TAKEN[name];
      if (why !== undefined) leave.add(why);
    }
    for (const block of entry.blocks) {
      const point = links.pointOf(entry);
      if (usagePoint !== undefined && point !== undefined && nameOf(point) !== usagePoint) {
        for (const _ of block.IntervalReading) leave.add("Of another meter than the one that is set");
        continue;
      }
      if (block.IntervalReading.length > 0 && point !== undefined) points.add(point);
      const type = links.typeOf(entry);
      const meant =
        type === undefined ? "Values of which the file does not say the unit" : meaningOf(type, links.kindOf(point));
      for (const element of block.IntervalReading) {
        const reading =
          typeof meant === "string" ? meant : readingOf(readInterval(element), { meant, type, clock, timesAreLocal });
        if (typeof reading === "string") leave.add(reading);
        else readings.push(reading);
      }
    }
  }
  if (points.size > 1)
    throw new Failure("several_meters", `The file holds ${points.size} meters`, {
      fix: `Set which one is meant: ${[...points].map(nameOf).join(", ")}.`,
    });
  const offset = entries.find(({ tzOffset }) => tzOffset !== undefined)?.tzOffset;
  if (!timesAreLocal && readings.length > 0 && looksLocal(readings, offset))
    notes.push(
      "Days begin at midnight UTC in this file, though its meter is elsewhere. If the hours are wrong, set that its times are those of the clock.",
    );
  if (readings.length === 0) notes.push("The file holds no readings that can be taken in.");
  return { readings: eachOnce(readings, leave), leftOut: leave.all(), notes };
}

const NOT_TAKEN: { readonly [element: string]: string } = {
  UsageSummary: "Summaries of bills, which are no readings",
  ElectricPowerUsageSummary: "Summaries of bills, which are no readings",
  ElectricPowerQualitySummary: "Summaries of quality, which are no readings",
};

/** The last word of a resource's place. */
const nameOf = (place: string): string => place.split("/").at(-1) ?? place;

/** How entries belong together: a block to its meter reading, that to its reading type and its usage point. */
function linksOf(entries: readonly Entry[]) {
  const bySelf = (wanted: (entry: Entry) => boolean) =>
    new Map(entries.filter(wanted).flatMap((entry) => entry.self.map((self) => [self, entry] as const)));
  const points = bySelf(({ usagePoint }) => usagePoint !== undefined);
  const meterReadings = bySelf(({ isMeterReading }) => isMeterReading);
  const types = new Map<string, ReadingType>();
  for (const { self, readingType } of entries) {
    if (!readingType) continue;
    for (const place of self) {
      const known = types.get(place);
      // The same place is described twice in files of some utilities: what says that values are over a time is meant.
      if (!known || (isCounter(known) && !isCounter(readingType))) types.set(place, readingType);
    }
  }
  const parentOf = (entry: Entry): Entry | undefined => {
    for (const place of [...entry.up, ...entry.self]) {
      const found = meterReadings.get(place.replace(/\/IntervalBlock(\/[^/]*)?$/, ""));
      if (found) return found;
    }
    return meterReadings.size === 1 ? [...meterReadings.values()][0] : undefined;
  };
  return {
    typeOf: (entry: Entry): ReadingType | undefined => {
      for (const place of parentOf(entry)?.related ?? []) {
        const found = types.get(place);
        if (found) return found;
      }
      return types.size === 1 ? [...types.values()][0] : undefined;
    },
    /** The place of the usage point that an entry belongs to. */
    pointOf: (entry: Entry): string | undefined => {
      const place = [...(parentOf(entry)?.self ?? []), ...entry.self, ...entry.up]
        .map((one) => /^(.*UsagePoint\/[^/]+)/.exec(one)?.[1])
        .find((one) => one !== undefined);
      return place ?? (points.size === 1 ? [...points.keys()][0] : undefined);
    },
    kindOf: (place: string | undefined): number | undefined => {
      const found =
        (place === undefined ? undefined : points.get(place)) ??
        (points.size === 1 ? [...points.values()][0] : undefined);
      return found?.usagePoint?.ServiceCategory?.kind;
    },
  };
}

const isCounter = ({ accumulationBehaviour = 4 }: ReadingType): boolean => accumulationBehaviour !== 4;

/** A text: why it is left out. */
function readingOf(
  element: IntervalReadingElement | undefined,
  given: {
    readonly meant: Meant;
    readonly type: ReadingType | undefined;
    readonly clock: ReturnType<typeof createLocalClock>;
    readonly timesAreLocal: boolean;
  },
): IntervalReading | string {
  const { meant, type, clock, timesAreLocal } = given;
  const { start, duration } = element?.timePeriod ?? {};
  if (!element || element.value === undefined) return "Without a value";
  if (start === undefined || duration === undefined) return "Without a time";
  if (duration <= 0 || duration > LONGEST_S) return "Of a time of no possible length";
  if (element.value < 0) return "Below zero";
  const time = timesAreLocal ? clock(start * 1000)[0] : start * 1_000_000;
  if (time === undefined) return "At a time that the clocks leave out";
  const said = [element.ReadingQuality].flat()[0]?.quality;
  const quality = qualityOf(said ?? type?.defaultQuality);
  if (quality === "forecast") return "Forecasts, which are no readings";
  return {
    quantity: meant.quantity,
    time,
    until: time + duration * 1_000_000,
    // Factors of floats have more digits than the meter has.
    value: Number((Number(`${element.value}e${meant.exponent}`) * meant.factor).toPrecision(12)),
    ...(quality === "measured" ? {} : { quality }),
  };
}

/** Whether days begin at midnight UTC, and not at that of the meter's zone. */
function looksLocal(readings: readonly IntervalReading[], offset: number | undefined): boolean {
  if (offset === undefined || offset === 0) return false;
  const first = Math.min(...readings.slice(0, 1_000).map(({ time }) => time)) / 1_000_000;
  const isMidnight = (ahead: number) => (first + ahead) % DAY_S === 0;
  return isMidnight(0) && !isMidnight(offset) && !isMidnight(offset + 3_600);
}
