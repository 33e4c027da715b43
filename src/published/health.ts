import type { Gap } from "../domain/data/reading.ts";
import type { Firing, PublishedEntry } from "../domain/published.ts";
import type { PartStatus } from "../domain/status.ts";
import { type Micros, microsToRfc3339 } from "../domain/time/time.ts";
import { GAP_EVENT_TYPES, GAP_KEY } from "./gap-firings.ts";

/** What was measured for the list. */
export type Measures = {
  readonly connected: boolean;
  readonly parts: readonly PartStatus[];
  readonly perMinute: { readonly changes: number; readonly events: number };
  /** Percent over the last 24 hours; undefined: nothing is recorded yet. */
  readonly completeness: number | undefined;
  readonly entities: number;
  readonly series: number;
  readonly bytes: number;
  readonly recordedSince: Micros | null;
  readonly lastGap: (Gap & { readonly entityId: string | null }) | undefined;
  readonly firings: readonly Firing[];
};

type Entry = Omit<PublishedEntry, "translationKey" | "available"> & { readonly available?: false };

/** How the hub is doing, as entities. Everything here is a figure of this hub; nothing is made up. */
export function healthEntries(measured: Measures): PublishedEntry[] {
  const entries: Entry[] = [
    { key: "connected", platform: "binary_sensor", deviceClass: "connectivity", value: measured.connected },
    problem(measured.parts),
    {
      key: "changes_per_minute",
      platform: "sensor",
      stateClass: "measurement",
      unit: "changes/min",
      precision: 0,
      value: measured.perMinute.changes,
    },
    {
      key: "events_per_minute",
      platform: "sensor",
      stateClass: "measurement",
      unit: "events/min",
      precision: 0,
      enabled: false,
      value: measured.perMinute.events,
    },
    completeness(measured.completeness),
    {
      key: "store_size",
      platform: "sensor",
      deviceClass: "data_size",
      stateClass: "measurement",
      unit: "B",
      suggestedUnit: "MB",
      precision: 1,
      value: measured.bytes,
    },
    lastGap(measured.lastGap),
    { key: "entities", platform: "sensor", stateClass: "measurement", unit: "entities", value: measured.entities },
    {
      key: "series",
      platform: "sensor",
      stateClass: "measurement",
      unit: "series",
      enabled: false,
      value: measured.series,
    },
    recordedSince(measured.recordedSince),
    { key: GAP_KEY, platform: "event", eventTypes: GAP_EVENT_TYPES, recent: measured.firings },
  ];
  return entries.map((entry) => ({
    available: true,
    translationKey: entry.key,
    ...(entry.platform === "event" ? {} : { category: "diagnostic" as const }),
    ...entry,
  }));
}

function problem(parts: readonly PartStatus[]): Entry {
  const troubled = parts.filter(({ state }) => state === "degraded" || state === "broken");
  return {
    key: "problem",
    platform: "binary_sensor",
    deviceClass: "problem",
    value: troubled.length > 0,
    attributes: { problems: troubled.map(({ part, state, why, fix }) => ({ part, state, why, fix })) },
  };
}

function completeness(value: number | undefined): Entry {
  const entry = {
    key: "completeness",
    platform: "sensor",
    stateClass: "measurement",
    unit: "%",
    precision: 2,
  } as const;
  return value === undefined ? { ...entry, available: false, why: "Nothing is recorded yet" } : { ...entry, value };
}

function lastGap(gap: Measures["lastGap"]): Entry {
  const entry = { key: "last_gap", platform: "sensor", deviceClass: "timestamp" } as const;
  if (!gap) return { ...entry, value: null, why: "There has been no gap" };
  const { kind, cause, entityId, from, to } = gap;
  return {
    ...entry,
    value: microsToRfc3339(to),
    attributes: { kind, cause, entity_id: entityId, from: microsToRfc3339(from), to: microsToRfc3339(to) },
  };
}

function recordedSince(since: Micros | null): Entry {
  const entry = { key: "recorded_since", platform: "sensor", deviceClass: "timestamp", enabled: false } as const;
  return since === null
    ? { ...entry, available: false, why: "Nothing is recorded yet" }
    : { ...entry, value: microsToRfc3339(since) };
}
