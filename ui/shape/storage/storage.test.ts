import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job, RetentionRule, Storage } from "../../api-storage-types.ts";
import { mergeJobs, toTell } from "./jobs.ts";
import {
  keepOf,
  positiveOf,
  tellKeep,
  tellSelector,
  tellThinning,
  withoutThinning,
  withRule,
  withThinning,
} from "./rules.ts";
import { daysTone, daysUntilBudget, monthBars, monthLabels, monthName, sizeByKind } from "./sizes.ts";

const row = (month: string | null, kind: Storage["months"][number]["kind"], bytes: number) => ({
  month,
  kind,
  bytes,
  files: 1,
  entries: 1,
});

test("every month has its bar, also one in which nothing was stored, and what is not sealed stands last", () => {
  const months = [
    row("2026-11", "readings", 30),
    row("2026-11", "events", 5),
    row("2026-11", "readings", 10),
    row("2025-12", "readings", 7),
    row("2026-02", "statistics", 1),
    row(null, "log", 9),
  ];
  const bars = monthBars(months);
  assert.equal(bars.length, 13);
  assert.deepEqual([bars[0]?.month, bars[1]?.bytes, bars.at(-1)?.month], ["2025-12", 0, null]);
  assert.deepEqual(bars.at(-2), {
    month: "2026-11",
    bytes: 45,
    parts: [
      { kind: "readings", bytes: 40, from: 0 },
      { kind: "events", bytes: 5, from: 40 },
    ],
  });
  assert.deepEqual(monthBars([]), []);
  assert.deepEqual(
    sizeByKind(months).map(({ kind, bytes }) => `${kind} ${bytes}`),
    ["readings 47", "events 5", "statistics 1", "log 9"],
  );
});

test("a month is named as people say it; under bars a year is said where it begins", () => {
  assert.equal(monthName("2026-11", "en-GB"), "November 2026");
  const bars = monthBars([row("2025-11", "readings", 1), row("2026-01", "readings", 1), row(null, "log", 1)]);
  assert.deepEqual(monthLabels(bars, "open", "en-GB"), ["Nov\n2025", "Dec", "Jan\n2026", "open"]);
  const many = monthBars([row("2024-01", "readings", 1), row("2026-12", "readings", 1)]);
  const labels = monthLabels(many, "open", "en-GB");
  assert.equal(labels.filter((label) => label !== "").length, 12);
  assert.equal(labels.at(-1), "Dec");
});

test("a further rule for the same selection takes the place of the one before", () => {
  const rule = (value: string, keep: RetentionRule["keep"], what: RetentionRule["what"] = "readings") => ({
    select: { kind: "entity" as const, value },
    ...{ what, keep },
  });
  assert.deepEqual(withRule([rule("a", 5), rule("b", 6)], rule("a", "for_ever")), [
    rule("b", 6),
    rule("a", "for_ever"),
  ]);
  const both = [rule("a", 5), rule("a", 9, "rollups")];
  assert.deepEqual(withRule(both, rule("a", 7, "rollups")), [rule("a", 5), rule("a", 7, "rollups")]);
  const thin = { select: { kind: "entity" as const, value: "a" }, min_change: 1, min_interval_seconds: null };
  assert.deepEqual(withThinning([thin], { ...thin, min_change: 2 }), [{ ...thin, min_change: 2 }]);
  assert.deepEqual(withoutThinning([thin], thin.select), []);
});

test("what is kept is for ever, within the budget, or whole days", () => {
  assert.deepEqual(["for_ever", "within_budget", "30", "0", "1.5", "36501", ""].map(keepOf), [
    "for_ever",
    "within_budget",
    30,
    null,
    null,
    null,
    null,
  ]);
  assert.equal(tellKeep(1), "1 day");
  assert.equal(tellSelector({ kind: "label", value: "energy" }), "label energy");
  assert.equal(
    tellThinning({ select: { kind: "entity", value: "a" }, min_change: 0.5, min_interval_seconds: 60 }),
    "changes of at least 0.5 · at most every 60 s",
  );
});

test("an empty field is none, and what is no number is told from it", () => {
  assert.deepEqual(["", " ", "0,5", "3", "-1", "x"].map(positiveOf), [null, null, 0.5, 3, undefined, undefined]);
});

test("the days until the budget are the hub's, and past what it counts they follow the growth", () => {
  const budget = { bytes: 1_000, used: 400, source: "chosen" as const };
  const growth = { bytes_per_day: 10, readings_per_day: 1, days: 3 };
  assert.equal(daysUntilBudget({ days_left: 7, growth, budget }), 7);
  assert.equal(daysUntilBudget({ days_left: null, growth, budget }), 60);
  assert.equal(daysUntilBudget({ days_left: null, growth: { ...growth, bytes_per_day: null }, budget }), null);
  assert.equal(daysUntilBudget({ days_left: null, growth: null, budget }), null);
});

test("a budget that lasts needs nobody; one that is nearly reached does", () => {
  assert.deepEqual([null, 1_000, 60, 14].map(daysTone), ["ok", "ok", "degraded", "broken"]);
});

test("of long work the newest of its kind is told while it is under way, or failed and can go on", () => {
  const job = (id: string, kind: string, state: Job["state"], actions: Job["actions"] = []): Job => ({
    id,
    kind,
    state,
    created: `2026-11-2${id}T00:00:00Z`,
    since: "",
    progress: { done: 0, total: null, unit: "" },
    outcome: {},
    actions,
  });
  const jobs = [
    job("2", "import", "running", ["cancel"]),
    job("1", "import", "failed", ["resume"]),
    job("3", "backup", "done"),
    job("4", "retention", "failed", ["resume"]),
    job("5", "verify", "failed"),
  ];
  assert.deepEqual(
    toTell(jobs).map(({ id }) => id),
    ["2", "4"],
  );
  assert.deepEqual(
    toTell(mergeJobs(jobs, [job("2", "import", "done")])).map(({ id }) => id),
    ["4"],
  );
});
