import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  growth,
  MB,
  NOW,
  needs,
  rollupsOf,
  rule,
  rulesOf,
  traits,
  usageOf,
} from "../../../tests/support/data/retention.ts";
import type { Selector } from "../../domain/home/selector.ts";
import { countPlan, countRollups, partialsOf, shedPlanOf } from "../counting/counts.ts";
import { DAY } from "../forecast/forecast.ts";
import { monthStart } from "../forecast/sizes.ts";
import { makePlan, NOTICE } from "./plan.ts";
import { checkRules, createKeeper, NO_RULES, type RetentionRule, type RetentionRules, readRules } from "./rules.ts";

test("without rules and within the budget nothing goes and nothing is announced", () => {
  const plan = makePlan(needs());
  assert.deepEqual([plan.readings.size, plan.events, plan.announced, plan.daysLeft], [0, null, [], null]);
});

test("the most specific rule wins: entity, pattern, device class, label, integration, domain, default", () => {
  const order: [Selector["kind"], string][] = [
    ["domain", "sensor"],
    ["integration", "hue"],
    ["label", "attic"],
    ["device_class", "power"],
    ["pattern", "sensor.*"],
    ["entity", "sensor.s1"],
  ];
  const rules: RetentionRule[] = [];
  const one = traits(1, { integration: "hue", labels: ["attic"], deviceClass: "power" });
  for (const [i, [kind, value]] of order.entries()) {
    rules.unshift(rule(kind, value, i + 1));
    assert.equal(createKeeper(rulesOf({ rules }))(one).keep, i + 1, kind);
    assert.equal(createKeeper(rulesOf({ rules: rules.toReversed() }))(one).keep, i + 1, kind);
  }
  assert.equal(createKeeper(rulesOf({ rules: [] }))(one).keep, "within_budget");
});

test("of two patterns the one with more letters wins, of two labels the one that keeps longer", () => {
  const patterns = [rule("pattern", "sensor.*", 1), rule("pattern", "sensor.s*", 2)];
  assert.equal(createKeeper(rulesOf({ rules: patterns }))(traits(1)).keep, 2);
  const labels = [rule("label", "a", 10), rule("label", "b", "for_ever"), rule("label", "c", "within_budget")];
  assert.equal(createKeeper(rulesOf({ rules: labels }))(traits(1, { labels: ["a", "b", "c"] })).keep, "for_ever");
});

test("a rule for an entity follows it when it is renamed", () => {
  const rules = [
    { select: { kind: "entity", value: "sensor.old", series: 1 } as const, what: "readings" as const, keep: 5 },
  ];
  assert.equal(createKeeper(rulesOf({ rules }))(traits(1, { entityId: "sensor.new" })).keep, 5);
  assert.equal(createKeeper(rulesOf({ rules }))(traits(2, { entityId: "sensor.old" })).keep, "within_budget");
});

test("rules that say the same twice, or what cannot be, are refused with the path of what is wrong", () => {
  const refused = (more: Partial<RetentionRules>, path: string) =>
    assert.throws(
      () => checkRules(rulesOf(more)),
      (error: { errors?: { path: string }[] }) => error.errors?.[0]?.path === path,
    );
  refused({ rules: [rule("domain", "a", 1), rule("domain", "a", 2)] }, "rules[1].select");
  refused({ rules: [rule("entity", "sensor.*", 1)] }, "rules[0].select.value");
  refused({ rules: [rule("pattern", "sensor.a", 1)] }, "rules[0].select.value");
  refused({ rules: [rule("label", "no spaces", 1)] }, "rules[0].select.value");
  refused({ budgetBytes: 1 }, "budget_bytes");
});

test("ages end at midnight of UTC, and are counted from Home Assistant's time", () => {
  const plan = makePlan(needs({ rules: rulesOf({ rules: [rule("entity", "sensor.s1", 30)] }) }));
  assert.equal(plan.readings.get(1)?.before, Date.parse("2026-10-27T00:00:00Z") * 1000);
  assert.equal(plan.readings.has(2), false);
});

test("a month in which a cut-off falls is counted one by one, whole ones are known", () => {
  const given = needs({ rules: rulesOf({ rules: [rule("entity", "sensor.s1", 30)] }) });
  const plan = makePlan(given);
  const cutoff = Date.parse("2026-10-27T00:00:00Z") * 1000;
  const horizons = new Map([[1, cutoff]]);
  assert.deepEqual(partialsOf(horizons, given.usage), [{ series: 1, from: monthStart("2026-10"), to: cutoff }]);
  const [count, ...others] = countPlan(plan, horizons, given.usage, new Map([[1, 840]]));
  assert.deepEqual([count?.readings, count?.bytes, others], [3_840, 38_400_000, []]);
  const earlier = new Map([[1, monthStart("2026-09")]]);
  assert.deepEqual(partialsOf(earlier, given.usage), [], "what stays may begin in a month before");
  assert.equal(countPlan(plan, earlier, given.usage, new Map())[0]?.readings, 2_000);
});

test("the budget is announced 30 days ahead, oldest month first, and takes nothing before that", () => {
  // 100 MB now, 2 MB more a day, 121 MB allowed: reached in ten days.
  const given = needs({ growth: growth(2 * MB), budgetBytes: 121 * MB });
  const first = makePlan(given);
  assert.equal(first.readings.size, 0);
  assert.equal(first.daysLeft, 11);
  assert.deepEqual(
    first.announced.map(({ before, due, bytes }) => [before, due, Math.round(bytes / MB) * MB]),
    [
      [monthStart("2026-08"), NOW + NOTICE, 20 * MB],
      [monthStart("2026-09"), NOW + NOTICE, 20 * MB],
    ],
  );
  const later = makePlan({ ...given, budgetBytes: 90 * MB, announced: first.announced, asOf: NOW + 29 * DAY });
  assert.equal(later.readings.size, 0);
  const then = makePlan({ ...given, budgetBytes: 90 * MB, announced: first.announced, asOf: NOW + 30 * DAY });
  assert.deepEqual(
    [...new Set([...then.readings.values()].map(({ before, reason }) => `${reason} ${before}`))],
    [`budget ${monthStart("2026-08")}`],
  );
});

test("whom a rule keeps for ever the budget does not touch, and what is younger than a month neither", () => {
  const rules = rulesOf({ rules: [rule("entity", "sensor.s1", "for_ever")] });
  const plan = makePlan(needs({ rules, budgetBytes: 1, atOnce: true }));
  assert.deepEqual([...plan.readings.keys()], [2]);
  assert.equal(plan.readings.get(2)?.before, monthStart("2026-10"));
});

test("an announcement that is no longer needed is taken back, and one that stays keeps its day", () => {
  const given = needs({ growth: growth(2 * MB), budgetBytes: 121 * MB });
  const first = makePlan(given);
  const day2 = makePlan({ ...given, asOf: NOW + DAY, announced: first.announced });
  assert.deepEqual(
    day2.announced.map(({ announced }) => announced),
    [NOW, NOW],
  );
  assert.deepEqual(makePlan({ ...given, budgetBytes: 1_000 * MB, announced: first.announced }).announced, []);
});

test("roll-ups are kept for ever unless a rule says otherwise, and rules made before there were any stand", () => {
  const rollupUsage = rollupsOf([1, 2]);
  assert.equal(makePlan(needs({ rollupUsage, budgetBytes: 1, atOnce: true })).rollups.size, 0);
  const rules = rulesOf({ rules: [rule("entity", "sensor.s1", 60, "rollups"), rule("entity", "sensor.s1", 30)] });
  checkRules(rules);
  const plan = makePlan(needs({ rules, rollupUsage }));
  assert.deepEqual([[...plan.readings.keys()], [...plan.rollups.keys()]], [[1], [1]]);
  const before = Date.parse("2026-09-27T00:00:00Z") * 1000;
  assert.equal(plan.rollups.get(1)?.before, before);
  assert.deepEqual(shedPlanOf(plan).rollups, { default: null, series: new Map([[1, before]]) });
  const [count, ...others] = countRollups(plan, rollupUsage, new Map([[1, 75]]));
  assert.deepEqual([count?.series, count?.rollups, count?.bytes, others], [1, 75, 2_500, []]);
  const { defaults: _, ...old } = { ...rules, rules: [{ select: { kind: "domain", value: "light" }, keep: 3 }] };
  const read = readRules({ ...old, defaults: { readings: 9, events: "for_ever" } });
  assert.ok(read && read !== "unreadable");
  assert.deepEqual([read.defaults.rollups, read.rules[0]?.what], ["for_ever", "readings"]);
});

test("the budget takes roll-ups only after everything else, oldest first, and tells it 30 days ahead", () => {
  const rules = rulesOf({ defaults: { ...NO_RULES.defaults, rollups: "within_budget" } });
  const given = needs({ rules, rollupUsage: rollupsOf([1, 2]), budgetBytes: 1, growth: growth(MB) });
  const first = makePlan(given);
  assert.equal(first.rollups.size, 0);
  assert.deepEqual(
    first.announced.map(({ what, before }) => `${what} ${new Date(before / 1000).toISOString().slice(0, 7)}`),
    [
      ...["readings 2026-08", "readings 2026-09", "readings 2026-10"],
      ...["rollups 2026-08", "rollups 2026-09", "rollups 2026-10"],
    ],
  );
  const then = makePlan({ ...given, announced: first.announced, asOf: NOW + NOTICE });
  assert.deepEqual([then.rollups.get(1)?.before, then.rollups.get(1)?.reason], [monthStart("2026-10"), "budget"]);
  const enough = makePlan({ ...given, budgetBytes: 80 * MB, growth: growth(0), atOnce: true });
  assert.deepEqual([enough.readings.size, enough.rollups.size], [2, 0], "while readings are enough");
  const some = rulesOf({ ...rules, rules: [rule("entity", "sensor.s1", "for_ever", "rollups")] });
  assert.deepEqual([...makePlan({ ...given, rules: some, atOnce: true }).rollups.keys()], [2]);
});

test("for any rules and any time: nothing newer than the shortest age goes, nothing of whom is kept for ever", () => {
  const keep = fc.oneof(
    fc.integer({ min: 1, max: 400 }),
    fc.constantFrom("for_ever" as const, "within_budget" as const),
  );
  const given = fc.record({
    keeps: fc.array(keep, { minLength: 3, maxLength: 3 }),
    fallback: keep,
    budget: fc.integer({ min: 1, max: 400 }),
    perDay: fc.integer({ min: 0, max: 10 * MB }),
    atOnce: fc.boolean(),
    at: fc.integer({ min: 0, max: 200 }),
  });
  fc.assert(
    fc.property(given, ({ keeps, fallback, budget, perDay, atOnce, at }) => {
      const ids = [1, 2, 3, 4];
      const usage = usageOf(ids);
      const rules = rulesOf({
        defaults: { readings: fallback, events: fallback, rollups: fallback },
        rules: keeps.map((one, i) => rule("entity", `sensor.s${i + 1}`, one)),
      });
      const asOf = NOW + at * DAY;
      const all = needs({
        rules,
        usage,
        rollupUsage: rollupsOf(ids),
        series: ids.map((id) => traits(id)),
        budgetBytes: budget * MB,
        growth: growth(perDay),
        atOnce,
        asOf,
      });
      const plan = makePlan(all);
      for (const id of ids) {
        const rollups = plan.rollups.get(id)?.before;
        if (fallback === "for_ever") assert.equal(rollups, undefined);
        else if (rollups !== undefined)
          assert.ok(rollups <= asOf - (typeof fallback === "number" ? Math.min(fallback, 31) - 1 : 30) * DAY);
        const kept = keeps[id - 1] ?? fallback;
        const before = plan.readings.get(id)?.before;
        if (kept === "for_ever") assert.equal(before, undefined);
        else if (before !== undefined) {
          const least = typeof kept === "number" ? Math.min(kept, 31) : 31;
          assert.ok(before <= asOf - (least - 1) * DAY, `${id}: ${before}`);
        }
      }
      assert.ok((plan.forecast ?? []).every((size) => size >= 0));
    }),
    { seed: 20261126 },
  );
});
