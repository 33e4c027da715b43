import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../../tests/support/outside/told.ts";
import { covers, fromPerMwh, HOUR, MINUTE, type PricePoint, slotsFromPoints, tidy } from "./slots.ts";

const at = (text: string): number => Date.parse(text) * 1000;
const quarter = 15 * MINUTE;
const lengths = (points: readonly PricePoint[]) =>
  slotsFromPoints(points).map(({ from, to }) => [plain(from).slice(11, 16), (to - from) / MINUTE]);

test("100 EUR/MWh are 0.1 EUR/kWh, not ten times less", () => {
  assert.equal(fromPerMwh(100), 0.1);
  assert.equal(fromPerMwh(-500), -0.5);
  assert.equal(fromPerMwh(123.64), 0.12364);
  assert.ok(Object.is(fromPerMwh(-0), 0));
});

test("a day of hours before a day of quarter hours keeps its hours", () => {
  const midnight = at("2025-09-30T22:00:00Z");
  const points = [-2, -1].map((hour) => ({ from: midnight + hour * HOUR, value: 1 }));
  for (let index = 0; index < 3; index++) points.push({ from: midnight + index * quarter, value: 2 });
  assert.deepEqual(lengths(points), [
    ["20:00", 60],
    ["21:00", 60],
    ["22:00", 15],
    ["22:15", 15],
    ["22:30", 15],
  ]);
});

test("a price grows into no hole beside it, whether the time is named or left out", () => {
  const midnight = at("2026-08-19T22:00:00Z");
  const points = [0, 1, 2, 3, 4, 5].map((index) => ({ from: midnight + index * quarter, value: index }));
  const whole = slotsFromPoints(points);
  for (const missing of points) {
    const rest = whole.filter(({ from }) => from !== missing.from);
    assert.deepEqual(slotsFromPoints(points.filter((point) => point !== missing)), rest);
    assert.deepEqual(
      slotsFromPoints(points.map((point) => (point === missing ? { ...point, value: null } : point))),
      rest,
    );
  }
});

test("a price that stands alone has no known end", () => {
  assert.deepEqual(slotsFromPoints([{ from: 0, value: 1 }]), []);
  assert.deepEqual(slotsFromPoints([]), []);
});

test("slots do not overlap: the next one ends the one before, and of two that begin together the later counts", () => {
  assert.deepEqual(
    tidy([
      { from: 10, to: 20, value: 2 },
      { from: 0, to: 60, value: 1 },
      { from: 10, to: 30, value: 3 },
    ]),
    [
      { from: 0, to: 10, value: 1 },
      { from: 10, to: 30, value: 3 },
    ],
  );
});

test("a day with a quarter hour missing is not whole", () => {
  const slots = [0, 1, 2, 3].map((index) => ({ from: index * quarter, to: (index + 1) * quarter, value: 0 }));
  assert.ok(covers(slots, { from: 0, to: HOUR }));
  for (const missing of slots)
    assert.ok(
      !covers(
        slots.filter((slot) => slot !== missing),
        { from: 0, to: HOUR },
      ),
    );
});
