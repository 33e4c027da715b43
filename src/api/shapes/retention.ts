import * as v from "valibot";
import { SELECTOR_KINDS, type Selector } from "../../domain/home/selector.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Count, RollupCount } from "../../retention/counting/counts.ts";
import type { Announcement, Cutoff } from "../../retention/plan/plan.ts";
import { createKeeper, type Keep, LONGEST_DAYS, type RetentionRules, RULED } from "../../retention/plan/rules.ts";
import type { Preview, Retention } from "../../retention/retention.ts";
import { text, wholeNumber } from "../input/schemas.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

export const selectorSchema = v.pipe(
  v.strictObject({
    kind: v.picklist(SELECTOR_KINDS, `is none of ${SELECTOR_KINDS.join(", ")}`),
    value: text,
  }),
  v.title("Selector"),
  v.description("Whom a rule is for. Of several rules the kind that is named first here wins."),
);
export type SelectorShape = Shape<typeof selectorSchema>;

export const keepSchema = v.pipe(
  v.union(
    [v.picklist(["for_ever", "within_budget"]), wholeNumber(1, LONGEST_DAYS)],
    `is neither for_ever nor within_budget nor a whole number of days up to ${LONGEST_DAYS}`,
  ),
  v.description("Days; within_budget: until the budget takes it, oldest first; for_ever: not even the budget does."),
);

const whatSchema = v.picklist(["readings", "events", "rollups"]);
export const ruledSchema = v.picklist(RULED, `is neither ${RULED.join(" nor ")}`);

const announcementSchema = v.pipe(
  v.object({
    what: whatSchema,
    before: v.pipe(timeSchema, v.description("What is older goes.")),
    announced: timeSchema,
    due: v.pipe(timeSchema, v.description("Not earlier.")),
    bytes: countSchema,
  }),
  v.title("Announcement"),
  v.description("What the budget will take, told 30 days before."),
);

export const retentionSchema = v.pipe(
  v.object({
    defaults: v.object({ readings: keepSchema, events: keepSchema, rollups: keepSchema }),
    rules: v.array(
      v.object({
        select: selectorSchema,
        what: ruledSchema,
        keep: keepSchema,
        entities: v.pipe(countSchema, v.description("For how many entities of now it is the rule that holds.")),
      }),
    ),
    budget_bytes: v.nullable(countSchema),
    budget: v.object({ bytes: countSchema, source: v.picklist(["automatic", "chosen"]), used: countSchema }),
    clock: v.object({
      trusted: v.boolean(),
      as_of: v.nullable(timeSchema),
      why: v.exactOptional(v.string()),
      fix: v.exactOptional(v.string()),
    }),
    announced: v.array(announcementSchema),
    next_run: v.nullable(timeSchema),
    last_run: v.nullable(
      v.object({
        began: timeSchema,
        ended: timeSchema,
        state: v.picklist(["done", "failed", "refused"]),
        why: v.exactOptional(v.string()),
        readings: countSchema,
        events: countSchema,
        rollups: countSchema,
        bytes: v.pipe(v.number(), v.integer()),
        files: v.pipe(v.number(), v.integer()),
      }),
    ),
    running: v.boolean(),
  }),
  v.title("Retention"),
);
export type RetentionShape = Shape<typeof retentionSchema>;

export const previewSchema = v.pipe(
  v.object({
    plan: v.pipe(v.string(), v.description("Give it to run within the hour.")),
    as_of: v.pipe(timeSchema, v.description("Home Assistant's time, by which ages are counted.")),
    expires: timeSchema,
    steps: v.array(
      v.object({
        what: whatSchema,
        before: timeSchema,
        reason: v.picklist(["rule", "default", "budget"]),
        rule: v.nullable(selectorSchema),
        series: countSchema,
        readings: countSchema,
        events: countSchema,
        rollups: v.pipe(countSchema, v.description("Summaries of readings that went before.")),
        bytes: countSchema,
        lost: v.string(),
        stays: v.string(),
      }),
    ),
    total: v.object({ readings: countSchema, events: countSchema, rollups: countSchema, bytes: countSchema }),
    top: v.array(
      v.object({
        entity_id: v.string(),
        series: countSchema,
        before: timeSchema,
        readings: countSchema,
        bytes: countSchema,
      }),
    ),
    announced: v.array(announcementSchema),
    forecast: v.object({
      bytes_in_30_days: v.nullable(countSchema),
      budget_reached: v.nullable(timeSchema),
      days_left: v.nullable(countSchema),
    }),
    refused: v.nullable(v.object({ why: v.string(), fix: v.string() })),
  }),
  v.title("RetentionPreview"),
  v.description("What would go now. Readings, events and rollups are counted exactly; bytes are estimated."),
);
export type PreviewShape = Shape<typeof previewSchema>;

const MOST_TOP = 50;
const DAY = 86_400_000_000;

export const selectorShape = ({ kind, value }: Selector): SelectorShape => ({ kind, value });

const announcementShape = ({ what, before, announced, due, bytes }: Announcement) => ({
  what,
  before: microsToRfc3339(before),
  announced: microsToRfc3339(announced),
  due: microsToRfc3339(due),
  bytes,
});

export function retentionShape(
  rules: RetentionRules,
  state: ReturnType<Retention["state"]>,
  budget: Awaited<ReturnType<Retention["budget"]>>,
  traits: readonly Parameters<ReturnType<typeof createKeeper>>[0][],
): RetentionShape {
  const held = new Map(
    RULED.map((what) => {
      const keeperOf = createKeeper(rules, what);
      return [what, Map.groupBy(traits, (one) => keeperOf(one).rule)];
    }),
  );
  const { time, announced, lastRun, nextRun, running } = state;
  return {
    defaults: rules.defaults,
    rules: rules.rules.map((rule) => ({
      select: selectorShape(rule.select),
      what: rule.what,
      keep: rule.keep,
      entities: held.get(rule.what)?.get(rule)?.length ?? 0,
    })),
    budget_bytes: rules.budgetBytes,
    budget: { bytes: budget.bytes, source: budget.source, used: budget.used },
    clock: {
      trusted: time.trusted,
      as_of: time.asOf === null ? null : microsToRfc3339(time.asOf),
      ...(time.trusted ? {} : { why: time.why, fix: time.fix }),
    },
    announced: announced.map(announcementShape),
    next_run: nextRun === null ? null : microsToRfc3339(nextRun),
    last_run: lastRun && {
      ...lastRun,
      began: microsToRfc3339(lastRun.began),
      ended: microsToRfc3339(lastRun.ended),
    },
    running,
  };
}

export function previewShape(
  preview: Preview,
  nameOf: (series: number) => string,
  refused: PreviewShape["refused"],
): PreviewShape {
  const { plan, counts, rollups, events, eventBytes, id, expires } = preview;
  const { asOf, forecast, daysLeft, announced } = plan;
  const steps: PreviewShape["steps"][number][] = [];
  for (const group of Map.groupBy(counts, sameCutoff).values()) steps.push(stepOf(group, asOf, plan.rollups));
  for (const group of Map.groupBy(rollups, sameCutoff).values()) steps.push(rollupStepOf(group, asOf));
  if (plan.events !== null && events > 0) {
    const { before, reason } = plan.events;
    steps.push({
      what: "events",
      before: microsToRfc3339(before),
      reason,
      rule: null,
      series: 0,
      readings: 0,
      events,
      rollups: 0,
      bytes: eventBytes,
      lost: `${events} events of before ${dayOf(before)}`,
      stays: "Readings, and every later event",
    });
  }
  const bytes = [...counts, ...rollups].reduce((total, count) => total + count.bytes, eventBytes);
  return {
    plan: id,
    as_of: microsToRfc3339(asOf),
    expires: microsToRfc3339(expires),
    steps,
    total: { readings: readingsOf(counts), events, rollups: rollupsOf(rollups), bytes },
    top: counts
      .toSorted((a, b) => b.bytes - a.bytes || b.readings - a.readings)
      .slice(0, MOST_TOP)
      .map(({ series, cutoff, readings, bytes }) => ({
        entity_id: nameOf(series),
        series,
        before: microsToRfc3339(cutoff.before),
        readings,
        bytes,
      })),
    announced: announced.map(announcementShape),
    forecast: {
      bytes_in_30_days: forecast?.at(-1) ?? null,
      budget_reached: daysLeft === null ? null : microsToRfc3339(asOf + daysLeft * DAY),
      days_left: daysLeft,
    },
    refused,
  };
}

const sameCutoff = ({ cutoff }: { readonly cutoff: Cutoff }): string =>
  `${cutoff.before} ${cutoff.reason} ${JSON.stringify(cutoff.rule?.select)}`;
const readingsOf = (counts: readonly Count[]) => counts.reduce((total, count) => total + count.readings, 0);
const rollupsOf = (counts: readonly RollupCount[]) => counts.reduce((total, count) => total + count.rollups, 0);
const whoseOf = ({ length }: readonly unknown[]) => (length === 1 ? "of one entity" : `of ${length} entities`);
const daysOf = (asOf: number, { before }: Cutoff) => Math.round((asOf - before) / DAY);

function stepOf(
  group: readonly Count[],
  asOf: number,
  rollups: Preview["plan"]["rollups"],
): PreviewShape["steps"][number] {
  const [{ cutoff }] = group as readonly [Count];
  const { before, reason, rule } = cutoff;
  const readings = readingsOf(group);
  const limits = group.map(({ series }) => rollups.get(series));
  const [limit] = limits;
  const most =
    limits.every((one) => one?.before === limit?.before) && limit
      ? `what the readings of the last ${daysOf(asOf, limit)} days amount to`
      : limit || limits.some(Boolean)
        ? "what the readings amount to as long as the rules keep that"
        : "what the readings amount to by days and, where there are many, by hours";
  return {
    what: "readings",
    before: microsToRfc3339(before),
    reason,
    rule: rule && selectorShape(rule.select),
    series: group.length,
    readings,
    events: 0,
    rollups: 0,
    bytes: group.reduce((total, count) => total + count.bytes, 0),
    lost: `${readings} readings ${whoseOf(group)} of before ${dayOf(before)}`,
    stays: `Everything of the last ${daysOf(asOf, cutoff)} days and what held when they began, the present state, ${most}, and statistics taken over from Home Assistant`,
  };
}

function rollupStepOf(group: readonly RollupCount[], asOf: number): PreviewShape["steps"][number] {
  const [{ cutoff }] = group as readonly [RollupCount];
  const { before, reason, rule } = cutoff;
  const rollups = rollupsOf(group);
  return {
    what: "rollups",
    before: microsToRfc3339(before),
    reason,
    rule: rule && selectorShape(rule.select),
    series: group.length,
    readings: 0,
    events: 0,
    rollups,
    bytes: group.reduce((total, count) => total + count.bytes, 0),
    lost: `${rollups} summaries ${whoseOf(group)} of readings that went before, of before ${dayOf(before)}: of that time nothing is left but what Home Assistant's own statistics say`,
    stays: `Summaries of the last ${daysOf(asOf, cutoff)} days, and every reading that is still there`,
  };
}

const dayOf = (time: number): string => microsToRfc3339(time).slice(0, 10);

export type { Keep };
