import assert from "node:assert/strict";
import { test } from "node:test";
import { growth, MB, NOW, needs, partsOf, rule, rulesOf, usageOf } from "../../../tests/support/data/retention.ts";
import type { Usage } from "../../store/store.ts";
import { makePlan } from "../plan/plan.ts";
import { type Keep, NO_RULES } from "../plan/rules.ts";
import { DAY, measureGrowth } from "./forecast.ts";
import { bytesPerReading, freedBytes, ownBytes, rollupBytes } from "./sizes.ts";

test("growth is that of the middle day: an import on one of them says nothing of the next", () => {
  const usage = usageOf([1]);
  const samples = [0, 1, 2, 3, 4].map((day) => ({
    at: NOW - (4 - day) * DAY,
    readings: day * 1_000 + (day >= 2 ? 5_000_000 : 0),
    events: 0,
    logBytes: 0,
  }));
  const found = measureGrowth({ samples, parts: partsOf(usage), usage, asOf: NOW, oldest: 0 });
  assert.equal(found?.readingsPerDay, 1_000);
  assert.ok(Math.abs((found?.bytesPerDay as number) - 1_000 * 10_000) < 100, `${found?.bytesPerDay}`);
  assert.equal(measureGrowth({ samples, parts: [], usage: [], asOf: NOW, oldest: 0 })?.bytesPerDay, null);
});

test("small blocks, which merging makes one, do not count for what more readings will take", () => {
  const month = (readings: number, blocks: number, bytes: number): Usage[] => [
    { series: 1, month: "2026-11", readings, bytes, blocks, log: { readings: 0, bytes: 0 } },
  ];
  const small = bytesPerReading(month(1_000, 20, 20 * 90 + 5_000));
  const merged = bytesPerReading(month(1_000, 1, 90 + 5_000));
  assert.deepEqual(small, merged);
  assert.equal(merged?.bytes, 5);
  const withLog = month(1_000, 1, 90 + 5_000).map((row) => ({
    ...row,
    readings: 1_500,
    bytes: row.bytes + 100_000,
    log: { readings: 500, bytes: 100_000 },
  }));
  assert.deepEqual(bytesPerReading(withLog), merged);
});

test("a rule by age keeps the forecast level where as much goes as comes", () => {
  const rules = rulesOf({ defaults: { ...NO_RULES.defaults, readings: 60 } });
  const usage = usageOf([1], 30 * MB).filter(({ month }) => month >= "2026-09");
  const plan = makePlan(needs({ rules, usage, growth: growth(1 * MB) }));
  const sizes = plan.forecast as readonly number[];
  assert.ok(Math.abs((sizes.at(-1) as number) - (sizes[1] as number)) < 4 * MB, `${sizes[1]} and ${sizes.at(-1)}`);
});

/** Ten readings a day, of which a roll-up a day costs a good part. */
const slow = (ids: readonly number[]): Usage[] =>
  ["2026-08", "2026-09", "2026-10"].flatMap((month) =>
    ids.map((series) => ({
      ...{ series, month, readings: 300, bytes: 2_090, blocks: 1 },
      log: { readings: 0, bytes: 0 },
    })),
  );

test("where roll-ups would go with their readings none are made, and the forecast counts none", () => {
  const usage = slow([1, 2]);
  const span = { asOf: NOW, oldest: Number.NEGATIVE_INFINITY };
  const [made, all] = [rollupBytes(usage, span), ownBytes(usage)];
  assert.ok(made > all / 4 && made < all / 2, "enough to tell the two apart");
  const sizes = (readings: Keep, rollups: Keep) => {
    const rules = rulesOf({ defaults: { ...NO_RULES.defaults, readings, rollups } });
    return makePlan(needs({ rules, usage, growth: growth(0) })).forecast as readonly number[];
  };
  const used = usage.reduce((sum, { bytes }) => sum + bytes, 0);
  // By then the whole of it is older than ten days.
  const freed = (readings: Keep, rollups: Keep, day = 0) => used - (sizes(readings, rollups)[day] as number);
  assert.equal(freed(10, "for_ever"), Math.round(freedBytes(usage, span)));
  assert.equal(freed(10, 10), Math.round(all));
  assert.equal(freed(10, 5), Math.round(all));
  assert.equal(freed("for_ever", 5), 0, "while the readings stay there is nothing to go");
  // Kept for 60 days: of August there are none from the first, and of September ever fewer.
  const later = [0, 30].map((day) => freed(10, 60, day));
  assert.ok((later[0] as number) > freed(10, "for_ever") && (later[0] as number) < (later[1] as number), `${later}`);
  assert.ok((later[1] as number) < all);
});

test("a rule for one entity's roll-ups counts for what the budget gets back of its readings", () => {
  const usage = slow([1, 2]);
  const span = { asOf: NOW, oldest: Number.NEGATIVE_INFINITY };
  const take = (rules: ReturnType<typeof rulesOf>) =>
    makePlan(needs({ rules, usage, budgetBytes: 1, growth: growth(0) })).announced[0]?.bytes;
  const august = usage.filter(({ month }) => month === "2026-08");
  const ofOne = august.filter(({ series }) => series === 1);
  assert.equal(take(NO_RULES), Math.round(freedBytes(august, span)));
  const rules = rulesOf({ rules: [rule("entity", "sensor.s1", 30, "rollups")] });
  assert.equal(take(rules), Math.round(freedBytes(august, span) + rollupBytes(ofOne, span)));
});

test("what comes and goes again within days leaves nothing where its roll-ups go with it", () => {
  const usage = slow([1]).map((row) => ({ ...row, month: "2026-11" }));
  const at30 = (rollups: Keep) => {
    const rules = rulesOf({ defaults: { ...NO_RULES.defaults, readings: 2, rollups } });
    const plan = makePlan(needs({ rules, usage, growth: growth(1_000), oldest: NOW - 10 * DAY }));
    return (plan.forecast as readonly number[])[30] as number;
  };
  assert.ok(at30("for_ever") > at30(10), "of what comes from now on, roll-ups go when their time is over");
  assert.ok(at30(10) > at30(2));
});
