import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar } from "../../domain/time/calendar.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { DAY_KINDS, daysIn, lastDays } from "./local.ts";

const at = (text: string): number => Date.parse(text) * 1000;
const berlin = createCalendar("Europe/Berlin");
const HOUR = 3_600_000_000;

test("days are cut at the ends of the window, and each is of one weekday", () => {
  const window = { from: at("2026-10-23T10:00:00Z"), to: at("2026-11-02T10:00:00Z") };
  const lengths = (kind: (typeof DAY_KINDS)[number]) =>
    daysIn(window, kind, berlin).map(({ from, to }) => (to - from) / HOUR);
  // From Friday noon, over the night in which clocks are put back, to Monday.
  assert.deepEqual(lengths("all"), [12, 24, 25, 24, 24, 24, 24, 24, 24, 24, 11]);
  assert.deepEqual(lengths("weekend"), [24, 25, 24, 24]);
  assert.deepEqual(lengths("friday"), [12, 24]);
  assert.deepEqual(lengths("sunday"), [25, 24]);
  const count = (kinds: readonly string[]) =>
    DAY_KINDS.filter((kind) => kinds.includes(kind)).reduce((sum, kind) => sum + lengths(kind).length, 0);
  assert.equal(count(["workdays", "weekend"]), 11);
  assert.equal(count(DAY_KINDS.slice(3)), 11);
});

test("the last days end with the last midnight, and are whole where clocks changed", () => {
  const { from, to } = lastDays(28, at("2026-11-10T15:00:00Z"), berlin);
  assert.deepEqual([from, to].map(microsToRfc3339), ["2026-10-12T22:00:00.000000Z", "2026-11-09T23:00:00.000000Z"]);
  assert.equal((to - from) / HOUR, 28 * 24 + 1);
});
