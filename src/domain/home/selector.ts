import type { Attributes, SeriesId } from "../data/reading.ts";
import { domainOf, type Identity } from "../data/series.ts";
import { createPatternMatcher, isGlob } from "./exclusion.ts";

/** Whom a rule is for. The kinds in the order in which they win: a rule for one entity holds over one for its domain. */
export const SELECTOR_KINDS = ["entity", "pattern", "device_class", "label", "integration", "domain"] as const;
export type SelectorKind = (typeof SELECTOR_KINDS)[number];

export type Selector = {
  readonly kind: SelectorKind;
  /** An `entity_id`, one with `*` and `?`, or the name of a class, label, integration or domain. */
  readonly value: string;
  /** Of an entity: the series that had this name when the rule was made, so that the rule follows renames. */
  readonly series?: SeriesId;
};

/** What selectors look at. */
export type Traits = {
  readonly series: SeriesId;
  readonly entityId: string;
  readonly deviceClass: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly domain: string;
};

export function traitsOf(series: SeriesId, identity: Identity, attributes: Attributes = {}): Traits {
  const { entityId, labels, integration } = identity;
  const { device_class: named } = attributes;
  const deviceClass = typeof named === "string" ? named : null;
  return { series, entityId, deviceClass, labels, integration, domain: domainOf(entityId) };
}

export function createMatcher({ kind, value, series }: Selector): (traits: Traits) => boolean {
  switch (kind) {
    case "entity":
      return (traits) => (series === undefined ? traits.entityId === value : traits.series === series);
    case "pattern": {
      const matches = createPatternMatcher([value]);
      return ({ entityId }) => matches(entityId);
    }
    case "device_class":
      return ({ deviceClass }) => deviceClass === value;
    case "label":
      return ({ labels }) => labels.includes(value);
    case "integration":
      return ({ integration }) => integration === value;
    case "domain":
      return ({ domain }) => domain === value;
  }
}

/**
 * Finds the rule that holds: the most specific kind first, of two patterns the one with more letters, of two that are
 * alike the one that `prefers` says, else the first.
 */
export function createChooser<Rule extends { readonly select: Selector }>(
  rules: readonly Rule[],
  prefers: (a: Rule, b: Rule) => number = () => 0,
): (traits: Traits) => Rule | undefined {
  const order = rules
    .map((rule) => ({ rule, matches: createMatcher(rule.select) }))
    .sort(
      ({ rule: a }, { rule: b }) =>
        rank(a.select) - rank(b.select) || letters(b.select) - letters(a.select) || prefers(a, b),
    );
  return (traits) => order.find(({ matches }) => matches(traits))?.rule;
}

const rank = ({ kind }: Selector): number => SELECTOR_KINDS.indexOf(kind);
const letters = ({ kind, value }: Selector): number => (kind === "pattern" ? value.replace(/[*?]/g, "").length : 0);

/** What is wrong with a selector, in words that complete "the value …"; undefined: nothing. */
export function faultOfSelector({ kind, value }: Selector): string | undefined {
  if (kind === "entity") {
    if (isGlob(value)) return "is a pattern; give the kind pattern";
    return /^[a-z0-9_]+\.[a-z0-9_]+$/.test(value) ? undefined : "is no entity_id such as sensor.outside";
  }
  if (kind === "pattern") {
    if (!isGlob(value)) return "has neither * nor ?; give the kind entity";
    return /^[a-z0-9_*?]+\.[a-z0-9_*?]+$|^\*$/.test(value) ? undefined : "is no pattern such as sensor.*_linkquality";
  }
  return /^[a-z0-9_-]+$/i.test(value) ? undefined : "is no name such as temperature: letters, digits, _ and - only";
}

export const sameSelector = (a: Selector, b: Selector): boolean => a.kind === b.kind && a.value === b.value;
