import assert from "node:assert/strict";
import { test } from "node:test";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { planRemoval } from "./keep.ts";

const made = (text: string) => ({ id: text, made: microsFromRfc3339(text) as number });
const daily = Array.from({ length: 100 }, (_, i) =>
  made(new Date(Date.UTC(2026, 7, 1 + i, 1, 40)).toISOString().replace(".000", "")),
);
const kept = (backups: typeof daily, keep: Parameters<typeof planRemoval>[1], zone = "UTC") => {
  const gone = new Set(planRemoval(backups, keep, zone));
  return backups.filter(({ id }) => !gone.has(id)).map(({ id }) => id.slice(0, 10));
};

test("the newest of each of the last days, weeks and months stays, in the home's own days", () => {
  assert.deepEqual(kept(daily, { daily: 3, weekly: 0, monthly: 0 }), ["2026-11-06", "2026-11-07", "2026-11-08"]);
  // Sundays: weeks begin on Monday.
  assert.deepEqual(kept(daily, { daily: 0, weekly: 3, monthly: 0 }), ["2026-10-25", "2026-11-01", "2026-11-08"]);
  assert.deepEqual(kept(daily, { daily: 1, weekly: 0, monthly: 4 }), [
    "2026-08-31",
    "2026-09-30",
    "2026-10-31",
    "2026-11-08",
  ]);
  const late = [made("2026-11-07T23:30:00Z"), made("2026-11-08T05:00:00Z")];
  assert.equal(kept(late, { daily: 5, weekly: 0, monthly: 0 }, "UTC").length, 2);
  assert.equal(kept(late, { daily: 5, weekly: 0, monthly: 0 }, "Europe/Berlin").length, 1);
});

test("periods without a backup do not count: after a year's pause nothing more goes than before", () => {
  const old = daily.slice(0, 3);
  assert.deepEqual(kept([...old, made("2028-01-01T00:00:00Z")], { daily: 4, weekly: 0, monthly: 0 }).length, 4);
});

test("a backup stamped by a clock of 1970 takes nobody's place", () => {
  const wrong = made("1970-01-01T00:00:05Z");
  const keep = { daily: 7, weekly: 4, monthly: 12 };
  assert.deepEqual(
    kept([...daily, wrong], keep).filter((day) => day !== "1970-01-01"),
    kept(daily, keep),
  );
});
