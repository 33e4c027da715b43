import type { Attributes, SeriesId } from "../../../domain/data/reading.ts";
import { domainOf } from "../../../domain/data/series.ts";
import { numberOf } from "../../../domain/data/summary.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { stateText } from "../../../store/shared/columns.ts";
import type { ViewReader } from "../../../store/store.ts";
import { BREATH } from "../../encode/replay.ts";
import type { SeriesKind, StatisticsFunction } from "../shapes.ts";

/** What an entity's attributes say of its values. */
export type Knowledge = {
  readonly unit: string | null;
  readonly deviceClass: string | null;
  readonly stateClass: string | null;
};

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

export const knowledgeOf = (attributes: Attributes): Knowledge => ({
  unit: textOf(attributes.unit_of_measurement),
  deviceClass: textOf(attributes.device_class),
  stateClass: textOf(attributes.state_class),
});

/** Readings that are looked back over for the attributes of an entity that was removed since. */
const LOOKED_BACK = 5;

/** What the last readings say, for an entity whose present ones say nothing. */
export async function lastKnowledge(reader: ViewReader, series: SeriesId): Promise<Knowledge> {
  const window = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
  const query = { series, window, order: "newest_first", limit: LOOKED_BACK, attributes: true } as const;
  for await (const page of reader.readings(query))
    for (const { state, attributes } of page) if (state !== null) return knowledgeOf(attributes);
  return knowledgeOf({});
}

const TEXT_CLASSES = new Set(["date", "enum", "timestamp", "uptime"]);
const TEXT_DOMAINS = new Set(["binary_sensor", "device_tracker", "light", "lock", "person", "switch"]);
const WITHOUT_VALUE = new Set<string | null>([null, "", "unavailable", "unknown"]);
/** Readings that decide where nothing else does. */
const SAMPLE = 200;

/**
 * Whether a series holds numbers or texts, up to a time: by its classes, else by what it mostly held of late.
 *
 * @param recorded from its first reading to its last
 */
export async function* kindOf(
  reader: ViewReader,
  series: { readonly id: SeriesId; readonly entityId: string },
  { unit, deviceClass, stateClass }: Knowledge,
  { recorded, until }: { readonly recorded: Window | undefined; readonly until: Micros },
): AsyncGenerator<typeof BREATH, SeriesKind> {
  if (!recorded || recorded.from >= until) return "none";
  if (TEXT_CLASSES.has(deviceClass ?? "") || TEXT_DOMAINS.has(domainOf(series.entityId))) return "text";
  if (unit !== null || stateClass !== null) return "numeric";
  const window = { from: Number.MIN_SAFE_INTEGER, to: until };
  const query = { series: series.id, window, order: "newest_first", limit: SAMPLE } as const;
  let [numbers, texts] = [0, 0];
  for await (const { states, from, to } of reader.columns(query)) {
    for (let row = from; row < to; row++) {
      const state = stateText(states, row);
      if (WITHOUT_VALUE.has(state)) continue;
      if (Number.isNaN(numberOf(state))) texts++;
      else numbers++;
    }
    yield BREATH;
  }
  return numbers > texts ? "numeric" : "text";
}

export const isCounter = ({ stateClass }: Knowledge): boolean =>
  stateClass === "total_increasing" || stateClass === "total";

const NUMERIC: readonly StatisticsFunction[] = ["mean", "min", "max", "first", "last", "count", "changes"];
const TEXT: readonly StatisticsFunction[] = ["first", "last", "count", "changes", "states"];
const FOR_TEXT = new Set(TEXT);

/** Those that were asked for and apply; none asked for: those that say something of such a series. */
export function functionsFor(
  asked: readonly StatisticsFunction[] | undefined,
  kind: SeriesKind,
  knowledge: Knowledge,
): ReadonlySet<StatisticsFunction> {
  if (asked) return new Set(kind === "numeric" ? asked : asked.filter((one) => FOR_TEXT.has(one)));
  if (kind !== "numeric") return FOR_TEXT;
  return new Set(isCounter(knowledge) ? [...NUMERIC, "increase"] : NUMERIC);
}
