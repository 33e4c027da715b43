import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnProfile, endOf, extremesOf } from "./profile.ts";

const slot = (at: string, mean: number | null, least = mean, most = mean) => ({
  at,
  mean,
  least,
  most,
  known: mean === null ? 0 : 1,
  days: mean === null ? 0 : 7,
});

test("a usual day is a line of means within a field from the least to the most", () => {
  const { slots, mean, zero, least, most } = drawnProfile(
    [slot("00:00", 100, 50, 200), slot("06:00", 400, 100, 800), slot("12:00", 200), slot("18:00", 0)],
    360,
  );
  assert.deepEqual([least, most, zero], [0, 800, 100]);
  assert.equal(mean, "M0 87.5H250L250 50H500L500 75H750L750 100H1000");
  assert.deepEqual(
    slots.map(({ x, width, y, height }) => [x, width, y, height]),
    [
      [0, 250, 75, 18.75],
      [250, 250, 0, 87.5],
      [500, 250, 75, 0],
      [750, 250, 100, 0],
    ],
  );
});

test("what is not known breaks the line and is a stretch of its own, never a 0", () => {
  const { mean, unknown, slots } = drawnProfile(
    [slot("00:00", 100), slot("06:00", null), slot("12:00", null), slot("18:00", 50)],
    360,
  );
  assert.equal(mean, "M0 0H250M750 50H1000");
  assert.deepEqual(unknown, [{ x: 250, width: 500, from: "06:00", to: "18:00" }]);
  assert.equal(slots.length, 2);
});

test("what is fed in lies below 0, and a day of which nothing is known has neither line nor field", () => {
  const below = drawnProfile([slot("00:00", -100), slot("12:00", 100)], 720);
  assert.deepEqual([below.least, below.most, below.zero], [-100, 100, 50]);
  assert.equal(drawnProfile([slot("00:00", null), slot("12:00", null)], 720).mean, "");
});

test("the busiest and the quietest hour are among those that are known", () => {
  const slots = [slot("00:00", null), slot("01:00", 80), slot("02:00", 900)];
  assert.deepEqual([extremesOf(slots)?.busiest.at, extremesOf(slots)?.quietest.at], ["02:00", "01:00"]);
  assert.equal(extremesOf([slot("00:00", null)]), undefined);
  assert.equal(endOf("23:45", 15), "24:00");
});
