import type { Reading, Stored } from "../../domain/reading.ts";
import { currentIdentity, domainOf, type Series } from "../../domain/series.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { Time } from "./answers.ts";
import type { Encoder, State } from "./state.ts";

/** What is going on in an area. */
export type Summary = {
  readonly area_id: string | null;
  readonly name: string | null;
  readonly floor: string | null;
  readonly entities: number;
  readonly unavailable: number;
  /** Lights, switches, fans, media players and covers that are on, open or playing. */
  readonly on: readonly State[];
  readonly sensors: readonly SensorSummary[];
  readonly last_change: Time | null;
};

export type SensorSummary = {
  readonly device_class: string;
  readonly unit: string | null;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
};

const ACTIVE: { readonly [domain: string]: string } = {
  light: "on",
  switch: "on",
  fan: "on",
  media_player: "playing",
  cover: "open",
};

type Present = { readonly series: Series; readonly reading: Stored<Reading> };

/** The JSON of a Summary; states in it come as text that is made already. */
export function summaryText(
  area: { readonly id: string | null; readonly name: string | null; readonly floor: string | null },
  present: readonly Present[],
  encoder: Encoder,
): string {
  const on = present.filter(
    ({ series, reading }) => ACTIVE[domainOf(currentIdentity(series).entityId)] === reading.state,
  );
  const last = present.reduce((latest, { reading }) => Math.max(latest, reading.time), Number.NEGATIVE_INFINITY);
  const head = JSON.stringify({
    area_id: area.id,
    name: area.name,
    floor: area.floor,
    entities: present.length,
    unavailable: present.filter(({ reading }) => reading.state === "unavailable").length,
  });
  const sensors = JSON.stringify(sensorsOf(present));
  const lastChange = JSON.stringify(present.length > 0 ? microsToRfc3339(last) : null);
  const states = on.map(({ reading, series }) => encoder.state(reading, series)).join(",");
  return `${head.slice(0, -1)},"on":[${states}],"sensors":${sensors},"last_change":${lastChange}}`;
}

function sensorsOf(present: readonly Present[]): SensorSummary[] {
  const groups = new Map<string, { deviceClass: string; unit: string | null; values: number[] }>();
  for (const { series, reading } of present) {
    const { device_class: deviceClass, unit_of_measurement: unit } = reading.attributes;
    if (domainOf(currentIdentity(series).entityId) !== "sensor" || typeof deviceClass !== "string") continue;
    const value = numberOf(reading.state);
    if (value === undefined) continue;
    const shownUnit = typeof unit === "string" ? unit : null;
    const key = JSON.stringify([deviceClass, shownUnit]);
    const group = groups.get(key) ?? { deviceClass, unit: shownUnit, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ deviceClass, unit, values }) => ({
    device_class: deviceClass,
    unit,
    count: values.length,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }));
}

function numberOf(state: string | null): number | undefined {
  if (state === null || state.trim() === "") return undefined;
  const value = Number(state);
  return Number.isFinite(value) ? value : undefined;
}
