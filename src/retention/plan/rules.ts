import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import {
  createChooser,
  faultOfSelector,
  SELECTOR_KINDS,
  type Selector,
  sameSelector,
  type Traits,
} from "../../domain/home/selector.ts";

/** How long something is kept: whole days; within the budget, then oldest first; or for ever, whatever the budget. */
export type Keep = number | "within_budget" | "for_ever";

/** What rules choose by series. */
export const RULED = ["readings", "rollups"] as const;
export type Ruled = (typeof RULED)[number];

export type RetentionRule = { readonly select: Selector; readonly what: Ruled; readonly keep: Keep };

/** What the user has said about keeping; statistics of Home Assistant's recorder are kept for ever. */
export type RetentionRules = {
  readonly defaults: { readonly readings: Keep; readonly events: Keep; readonly rollups: Keep };
  readonly rules: readonly RetentionRule[];
  /** null: the smaller of 10 GB and a quarter of the disk. */
  readonly budgetBytes: number | null;
};

export const NO_RULES: RetentionRules = {
  defaults: { readings: "within_budget", events: "within_budget", rollups: "for_ever" },
  rules: [],
  budgetBytes: null,
};

export const MOST_RULES = 1_000;
export const LONGEST_DAYS = 36_500;
/** Below this the log and a single month would be all that fits. */
export const LEAST_BUDGET = 100 * 1024 * 1024;

const keep = v.union([
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LONGEST_DAYS)),
  v.picklist(["within_budget", "for_ever"]),
]);

/** As it is kept in app.db; roll-ups came later. */
const Kept = v.object({
  defaults: v.object({ readings: keep, events: keep, rollups: v.optional(keep, "for_ever") }),
  rules: v.array(
    v.object({
      select: v.object({
        kind: v.picklist(SELECTOR_KINDS),
        value: v.string(),
        series: v.exactOptional(v.number()),
      }),
      what: v.optional(v.picklist(RULED), "readings"),
      keep,
    }),
  ),
  budgetBytes: v.nullable(v.number()),
});

/** undefined: nothing was ever said. `"unreadable"`: what was said cannot be understood; then nothing may go. */
export function readRules(kept: unknown): RetentionRules | "unreadable" | undefined {
  if (kept === undefined) return undefined;
  const read = v.safeParse(Kept, kept);
  return read.success ? read.output : "unreadable";
}

/** @throws Failure `invalid_rules`, with the path of what is wrong in `errors` */
export function checkRules({ rules, budgetBytes }: RetentionRules): void {
  const errors: { path: string; message: string }[] = [];
  for (const [i, { select, what }] of rules.entries()) {
    const fault = faultOfSelector(select);
    if (fault) errors.push({ path: `rules[${i}].select.value`, message: fault });
    const first = rules.findIndex((other) => other.what === what && sameSelector(other.select, select));
    if (first < i) errors.push({ path: `rules[${i}].select`, message: `is the same as that of rules[${first}]` });
  }
  if (budgetBytes !== null && budgetBytes < LEAST_BUDGET)
    errors.push({ path: "budget_bytes", message: `is below ${LEAST_BUDGET}: less than what recording itself needs` });
  if (errors.length === 0) return;
  const [{ path, message }] = errors as [(typeof errors)[number]];
  throw Object.assign(new Failure("invalid_request", `Body: ${path}: ${message}`), { errors });
}

/** How long the readings or roll-ups of each series are kept, and by which rule; null: by the default. */
export function createKeeper({ defaults, rules }: RetentionRules, what: Ruled = "readings") {
  const own = rules.filter((rule) => rule.what === what);
  const choose = createChooser(own, (a, b) => lengthOf(b.keep) - lengthOf(a.keep));
  return (traits: Traits): { readonly keep: Keep; readonly rule: RetentionRule | null } => {
    const rule = choose(traits) ?? null;
    return { keep: rule?.keep ?? defaults[what], rule };
  };
}

const lengthOf = (kept: Keep): number =>
  kept === "for_ever" ? Number.POSITIVE_INFINITY : kept === "within_budget" ? Number.MAX_VALUE : kept;
