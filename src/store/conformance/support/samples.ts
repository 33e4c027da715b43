import type { Context, HomeEvent, Position, Reading, SeriesId } from "../../../domain/data/reading.ts";
import type { Identity } from "../../../domain/data/series.ts";
import type { Statistic } from "../../../domain/data/statistic.ts";
import { ALL_TIME } from "../../../domain/time/time.ts";
import type { Entry, EventsQuery, LogEntry, ReadingsQuery, ViewReader } from "../../store.ts";

export const T0 = 1_795_455_326_760_001;

export const identityOf = (entityId: string, more: Partial<Identity> = {}): Identity => ({
  from: T0,
  entityId,
  holdsName: true,
  registryId: null,
  name: null,
  deviceId: null,
  areaId: null,
  floorId: null,
  labels: [],
  integration: null,
  category: null,
  ...more,
});

export const seriesEntry = (series: SeriesId, more: Partial<Identity> = {}): Entry => ({
  kind: "series",
  series,
  identity: identityOf(`sensor.s${series}`, more),
});

export const contextOf = (more: Partial<Context> = {}): Context => ({
  id: "01KAS0V3QG8Z6XJ4M2N7P9RTWY",
  parentId: null,
  userId: null,
  ...more,
});

export const readingOf = (more: Partial<Reading> = {}): Reading => {
  const time = more.time ?? T0;
  return {
    series: 1,
    time,
    changed: time,
    state: "21.5",
    attributes: { unit_of_measurement: "°C", friendly_name: "Room" },
    context: contextOf(),
    origin: "live",
    timeIsArrival: false,
    flaws: [],
    ...more,
  };
};
export const readingEntry = (more: Partial<Reading> = {}): Entry => ({ kind: "reading", reading: readingOf(more) });

export const eventOf = (more: Partial<HomeEvent> = {}): HomeEvent => ({
  type: "call_service",
  time: T0,
  data: { domain: "light", service: "turn_on" },
  context: contextOf(),
  origin: "live",
  ...more,
});
export const eventEntry = (more: Partial<HomeEvent> = {}): Entry => ({ kind: "event", event: eventOf(more) });

export const everyReading = (series: SeriesId, more: Partial<ReadingsQuery> = {}): ReadingsQuery => ({
  series,
  window: ALL_TIME,
  order: "oldest_first",
  limit: Number.MAX_SAFE_INTEGER,
  attributes: true,
  ...more,
});
export const everyEvent = (more: Partial<EventsQuery> = {}): EventsQuery => ({
  window: ALL_TIME,
  order: "oldest_first",
  limit: Number.MAX_SAFE_INTEGER,
  ...more,
});

export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    if (page.length === 0) throw new Error("an empty page");
    all.push(...page);
  }
  return all;
}

/** Comparable and exact: key order, `__proto__` and numbers beyond doubles show in the JSON text alone. */
export const plainReading = ({ attributes, ...rest }: Reading): object => ({
  ...rest,
  attributes: JSON.stringify(attributes),
});
export const plainEvent = ({ data, ...rest }: HomeEvent): object => ({ ...rest, data: JSON.stringify(data) });

export function plainEntry(entry: LogEntry): object {
  if (entry.kind === "reading") return { kind: entry.kind, ...plainReading(entry.reading) };
  return entry.kind === "event" ? { kind: entry.kind, ...plainEvent(entry.event) } : entry;
}

/** How the log tells an entry that was appended. */
export function toldAt(entry: Exclude<Entry, { kind: "series" | "statistic" }>, position: Position): LogEntry {
  if (entry.kind === "reading") return { kind: "reading", reading: { ...entry.reading, position } };
  if (entry.kind === "event") return { kind: "event", event: { ...entry.event, position } };
  return { kind: "gap", gap: { ...entry.gap, position } };
}

export const statisticOf = (more: Partial<Statistic> = {}): Statistic => ({
  series: 1,
  period: "hour",
  start: T0,
  mean: 21.5,
  min: 20,
  max: 23.25,
  sum: null,
  state: null,
  lastReset: null,
  ...more,
});
export const statisticEntry = (more: Partial<Statistic> = {}): Entry => ({
  kind: "statistic",
  statistic: statisticOf(more),
});

export async function allReadings(reader: ViewReader, series: SeriesId): Promise<object[]> {
  return (await collect(reader.readings(everyReading(series)))).map(plainReading);
}
