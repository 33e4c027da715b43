import type { State } from "../api-types.ts";
import { domainOf, nameOf } from "./format.ts";

export const SORTS = ["name", "area", "integration", "changed"] as const;
export type SortBy = (typeof SORTS)[number];

export type EntityFilter = {
  readonly q: string;
  readonly domain: string;
  readonly area: string;
  readonly integration: string;
  readonly sort: SortBy;
};

/** Every word must be found in the name, the id, the area or the integration. */
export function filterEntities(
  states: Iterable<State>,
  filter: EntityFilter,
  areas: ReadonlyMap<string, string>,
): readonly State[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  const found: State[] = [];
  for (const state of states) {
    if (filter.domain && domainOf(state.entity_id) !== filter.domain) continue;
    if (filter.area && (state.area_id ?? NO_AREA) !== filter.area) continue;
    if (filter.integration && state.integration !== filter.integration) continue;
    if (words.length > 0) {
      const area = state.area_id === null ? "" : (areas.get(state.area_id) ?? state.area_id);
      const text = `${nameOf(state)} ${state.entity_id} ${area} ${state.integration ?? ""}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
    }
    found.push(state);
  }
  return found.sort(ORDER[filter.sort](areas));
}

/** Stands for "without an area" in a filter. */
export const NO_AREA = "-";

type Compare = (a: State, b: State) => number;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const byName: Compare = (a, b) => collator.compare(nameOf(a), nameOf(b)) || (a.entity_id < b.entity_id ? -1 : 1);

/** What has no area or integration stands last. */
const byText =
  (textOf: (state: State) => string | null): Compare =>
  (a, b) => {
    const [x, y] = [textOf(a), textOf(b)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    return collator.compare(x, y) || byName(a, b);
  };

const ORDER: Record<SortBy, (areas: ReadonlyMap<string, string>) => Compare> = {
  name: () => byName,
  area: (areas) => byText(({ area_id }) => (area_id === null ? null : (areas.get(area_id) ?? area_id))),
  integration: () => byText(({ integration }) => integration),
  changed: () => (a, b) => (a.time === b.time ? byName(a, b) : a.time < b.time ? 1 : -1),
};

export function paged<T>(items: readonly T[], page: number, size: number) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const at = Math.min(Math.max(1, page), pages);
  const start = (at - 1) * size;
  return {
    items: items.slice(start, start + size),
    page: at,
    pages,
    from: items.length === 0 ? 0 : start + 1,
    to: Math.min(items.length, start + size),
  };
}
