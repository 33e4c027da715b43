import * as v from "valibot";
import { currentIdentity, domainOf, type Series } from "../../domain/data/series.ts";
import { refuse } from "../errors.ts";
import type { SeriesBook } from "../ports/ports.ts";
import { many, one, truth } from "./schemas.ts";

/** The filters that `states` and `entities` share; docs/api.md lists them. */
export const entityFilter = v.strictObject({
  domain: many,
  area: many,
  device: many,
  label: many,
  integration: many,
  q: many,
  removed: one(truth),
});
export type EntityFilter = v.InferOutput<typeof entityFilter>;

/** Values of one filter are alternatives; several filters must all match. */
export function matcherOf(filter: EntityFilter): (series: Series) => boolean {
  const tests: ((series: Series) => boolean)[] = [];
  const any = (values: readonly string[] | undefined, of: (series: Series) => string | null) => {
    if (!values) return;
    const wanted = new Set<string | null>(values);
    tests.push((series) => wanted.has(of(series)));
  };
  any(filter.domain, (series) => domainOf(currentIdentity(series).entityId));
  any(filter.area, (series) => currentIdentity(series).areaId);
  any(filter.device, (series) => currentIdentity(series).deviceId);
  any(filter.integration, (series) => currentIdentity(series).integration);
  const { label, q } = filter;
  if (label) tests.push((series) => currentIdentity(series).labels.some((held) => label.includes(held)));
  if (q) {
    const wanted = q.map((words) => words.toLowerCase().split(/\s+/).filter(Boolean));
    tests.push((series) => {
      const { entityId, name } = currentIdentity(series);
      const searched = `${entityId} ${name ?? ""}`.toLowerCase();
      return wanted.some((words) => words.every((word) => searched.includes(word)));
    });
  }
  return (series) => tests.every((passes) => passes(series));
}

export const ENTITY_IN_PATH = "An entity_id, present or former, or a series id such as #12 (in an address %2312).";

/** What `light.kitchen`, a former name or `#12` means. */
export function findSeries(series: SeriesBook, name: string): Series {
  const found = /^#\d{1,15}$/.test(name) ? series.get(Number(name.slice(1))) : series.named(name);
  if (found) return found;
  throw refuse("unknown_entity", `No entity is or was called ${name}`, {
    fix: "GET api/v1/entities lists them; with removed=true also those that are gone.",
  });
}
