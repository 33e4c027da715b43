import type {
  Keep,
  Retention,
  RetentionChoice,
  RetentionRule,
  Selector,
  ThinningRule,
} from "../../api-storage-types.ts";
import { plural, t } from "../../text/text.ts";

export const choiceOf = ({ defaults, rules, budget_bytes }: Retention): RetentionChoice => ({
  defaults,
  rules: rules.map(({ select, what, keep }) => ({ select, what, keep })),
  budget_bytes,
});

const same = (a: Selector, b: Selector) => a.kind === b.kind && a.value === b.value;

/** One rule for one selection and class: a further one takes the place of the one before. */
export function withRule(rules: readonly RetentionRule[], rule: RetentionRule): readonly RetentionRule[] {
  return [...rules.filter(({ select, what }) => what !== rule.what || !same(select, rule.select)), rule];
}

export function withThinning(rules: readonly ThinningRule[], rule: ThinningRule): readonly ThinningRule[] {
  return [...rules.filter(({ select }) => !same(select, rule.select)), rule];
}

export const withoutThinning = (rules: readonly ThinningRule[], select: Selector): readonly ThinningRule[] =>
  rules.filter((one) => !same(one.select, select));

/** The hub takes whole days from one to a hundred years. */
export function keepOf(text: string): Keep | null {
  if (text === "for_ever" || text === "within_budget") return text;
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= 36_500 ? days : null;
}

export const tellKeep = (keep: Keep): string =>
  typeof keep === "number" ? plural("keep.days", keep) : t(`keep.${keep}`);

export const tellSelector = ({ kind, value }: Selector): string =>
  kind === "entity" || kind === "pattern" ? value : t(`selector.told.${kind}`, { value });

export function tellThinning({ min_change, min_interval_seconds }: ThinningRule): string {
  const parts = [
    ...(min_change === null ? [] : [t("thin.told.change", { change: min_change })]),
    ...(min_interval_seconds === null ? [] : [t("thin.told.interval", { seconds: min_interval_seconds })]),
  ];
  return parts.join(" · ");
}

/** Numbers of a form; empty is none, and undefined is no number. */
export function positiveOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
