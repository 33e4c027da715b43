import * as v from "valibot";
import type { Reading, Stored } from "../../domain/data/reading.ts";
import { currentIdentity, domainOf, type Series } from "../../domain/data/series.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";
import { type Encoder, stateSchema } from "./state.ts";

const sensorSummary = v.object({
  device_class: v.string(),
  unit: v.nullable(v.string()),
  count: countSchema,
  mean: v.number(),
  min: v.number(),
  max: v.number(),
});
export type SensorSummary = Shape<typeof sensorSummary>;

export const summarySchema = v.pipe(
  v.object({
    area_id: v.nullable(v.string()),
    name: v.nullable(v.string()),
    floor: v.nullable(v.string()),
    entities: countSchema,
    unavailable: countSchema,
    on: v.pipe(
      v.array(stateSchema),
      v.description("Lights, switches, fans, media players and covers that are on, open or playing."),
    ),
    sensors: v.array(sensorSummary),
    last_change: v.nullable(timeSchema),
  }),
  v.title("Summary"),
  v.description("What is going on in an area; area_id null: in none."),
);
export type Summary = Shape<typeof summarySchema>;

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
