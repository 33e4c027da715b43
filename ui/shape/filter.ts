import { domainOf } from "./format.ts";

/** What the Live page lets through. Empty texts let everything pass; several must all match. */
export type StreamFilter = {
  readonly show: "all" | "changes" | "events";
  /** An entity id, with `*` for any part; without `*`, a part of one. */
  readonly entity: string;
  readonly domain: string;
  readonly area: string;
  readonly text: string;
};

export const NO_FILTER: StreamFilter = { show: "all", entity: "", domain: "", area: "", text: "" };

export const isFiltering = (filter: StreamFilter): boolean =>
  filter.show !== "all" || Boolean(filter.entity || filter.domain || filter.area || filter.text.trim());

/** What a filter looks at: a change names one entity, an event may name several or none. */
export type Filterable = {
  readonly kind: "change" | "event" | "note";
  readonly entities: readonly string[];
  /** Lower case; everything a text is looked for in. */
  readonly haystack: () => string;
};

export type AreaOf = (entityId: string) => string | null;

export function compileFilter(filter: StreamFilter, areaOf: AreaOf): (entry: Filterable) => boolean {
  const matchesEntity = globMatcher(filter.entity);
  const needle = filter.text.trim().toLowerCase();
  const byEntity = Boolean(filter.entity.trim() || filter.domain || filter.area);
  return (entry) => {
    // Notes say what is missing from the list: hiding them would make the list look whole.
    if (entry.kind === "note") return true;
    if (filter.show === "changes" && entry.kind !== "change") return false;
    if (filter.show === "events" && entry.kind !== "event") return false;
    if (byEntity) {
      const passes = entry.entities.some(
        (id) =>
          matchesEntity(id) &&
          (!filter.domain || domainOf(id) === filter.domain) &&
          (!filter.area || areaOf(id) === filter.area),
      );
      if (!passes) return false;
    }
    return needle === "" || entry.haystack().includes(needle);
  };
}

/** `light.*` matches the whole id; without a star, a part of the id is enough. */
export function globMatcher(glob: string): (entityId: string) => boolean {
  const wanted = glob.trim().toLowerCase();
  if (wanted === "") return () => true;
  if (!wanted.includes("*")) return (id) => id.toLowerCase().includes(wanted);
  const parts = wanted.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "i");
  return (id) => pattern.test(id);
}
