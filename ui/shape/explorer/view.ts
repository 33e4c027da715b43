import type { Seconds } from "../chart-data.ts";
import { COMPARISONS, type Comparison, PRESETS, type Range } from "./windows.ts";

/** All that the History page shows, as its address says it. */
export type View = {
  readonly entities: readonly string[];
  readonly range: Range;
  readonly compare: Comparison;
  readonly show: "chart" | "table";
};

/** More lines than that nobody tells apart. */
export const MOST_ENTITIES = 12;

type Query = { readonly [name: string]: string };

export function parseView(query: Query): View {
  const { e = "", compare, show } = query;
  const entities = [...new Set(e.split(",").map((name) => name.trim()))].filter((name) => name !== "");
  return {
    entities: entities.slice(0, MOST_ENTITIES),
    range: parseRange(query),
    compare: COMPARISONS.find((known) => known === compare) ?? "none",
    show: show === "table" ? "table" : "chart",
  };
}

/** Parameters of the address; what is usual is left out. */
export function queryOf({ entities, range, compare, show }: View): Query {
  return {
    e: entities.join(","),
    ...(range.kind === "own"
      ? { from: timeText(range.from), to: timeText(range.to) }
      : { window: range.preset === "day" ? "" : range.preset, to: range.to === null ? "" : timeText(range.to) }),
    compare: compare === "none" ? "" : compare,
    show: show === "chart" ? "" : show,
  };
}

function parseRange({ window, from, to }: Query): Range {
  const start = secondsOf(from);
  const end = secondsOf(to);
  if (start !== null && end !== null && start < end) return { kind: "own", from: start, to: end };
  const preset = PRESETS.find((known) => known === window) ?? "day";
  return { kind: "preset", preset, to: end };
}

function secondsOf(text: string | undefined): Seconds | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** `2026-11-26T12:00:00Z`: whole seconds where nothing is lost by it. */
export const timeText = (seconds: Seconds): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

export const toggled = (entities: readonly string[], entity: string): readonly string[] =>
  entities.includes(entity)
    ? entities.filter((other) => other !== entity)
    : [...entities, entity].slice(0, MOST_ENTITIES);
