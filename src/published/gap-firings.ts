import type { Gap, SeriesId, Stored } from "../domain/data/reading.ts";
import type { Firing } from "../domain/published.ts";
import { type Micros, microsToRfc3339 } from "../domain/time/time.ts";

export const GAP_KEY = "gap";
export const GAP_EVENT_TYPES = ["gap_found"] as const;

const MOST_NAMES = 20;

/** Gaps that were found together, told once for each kind and cause: an interruption may leave one for every entity. */
export function firingsOf(
  gaps: readonly Stored<Gap>[],
  nameOf: (series: SeriesId) => string | undefined,
  time: Micros,
): Firing[] {
  const groups = Map.groupBy(gaps, ({ kind, cause }) => `${kind} ${cause}`);
  return [...groups.values()].map((group) => firingOf(group, nameOf, time)).sort((a, b) => a.id - b.id);
}

function firingOf(
  group: readonly Stored<Gap>[],
  nameOf: (series: SeriesId) => string | undefined,
  time: Micros,
): Firing {
  const [first] = group as [Stored<Gap>];
  const names = [...new Set(group.flatMap(({ series }) => (series === null ? [] : (nameOf(series) ?? []))))];
  return {
    key: GAP_KEY,
    id: group.reduce((id, { position }) => Math.max(id, position), 0),
    eventType: GAP_EVENT_TYPES[0],
    time,
    attributes: {
      kind: first.kind,
      cause: first.cause,
      from: microsToRfc3339(group.reduce((from, gap) => Math.min(from, gap.from), first.from)),
      to: microsToRfc3339(group.reduce((to, gap) => Math.max(to, gap.to), first.to)),
      gaps: group.length,
      entities: names.slice(0, MOST_NAMES),
      every_entity: first.kind === "states" && group.some(({ series }) => series === null),
    },
  };
}
