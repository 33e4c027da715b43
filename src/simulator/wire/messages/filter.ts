import { domainOf } from "../../../domain/data/series.ts";

export type Filter = {
  readonly entities?: readonly string[];
  readonly domains?: readonly string[];
  readonly entity_globs?: readonly string[];
};

/** Home Assistant's include/exclude filter (helpers/entityfilter.py); null lets everything through. */
export function createFilter(
  asked: readonly string[],
  include: Filter,
  exclude: Filter,
): ((entityId: string) => boolean) | null {
  const passes = byRules(rulesOf(include), rulesOf(exclude));
  const ids = new Set(asked);
  if (ids.size === 0) return passes;
  return (entityId) => ids.has(entityId) && (!passes || passes(entityId));
}

type Rules = {
  readonly any: boolean;
  entity(id: string): boolean;
  glob(id: string): boolean;
  domain(id: string): boolean;
  readonly hasDomainsOrGlobs: boolean;
};

function rulesOf({ entities = [], domains = [], entity_globs = [] }: Filter): Rules {
  const globs = entity_globs.map(globToRegex);
  return {
    any: entities.length + domains.length + globs.length > 0,
    entity: (id) => entities.includes(id),
    glob: (id) => globs.some((glob) => glob.test(id)),
    domain: (id) => domains.includes(domainOf(id)),
    hasDomainsOrGlobs: domains.length + globs.length > 0,
  };
}

function byRules(yes: Rules, no: Rules): ((id: string) => boolean) | null {
  if (!yes.any && !no.any) return null;
  if (!no.any) return (id) => yes.entity(id) || yes.domain(id) || yes.glob(id);
  if (!yes.any) return (id) => !(no.entity(id) || no.domain(id) || no.glob(id));
  if (yes.hasDomainsOrGlobs)
    return (id) => yes.entity(id) || (!no.entity(id) && (yes.glob(id) || (yes.domain(id) && !no.glob(id))));
  if (no.hasDomainsOrGlobs) return (id) => yes.entity(id) || !(no.domain(id) || no.glob(id) || no.entity(id));
  return (id) => yes.entity(id);
}

const globToRegex = (glob: string) =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  );
